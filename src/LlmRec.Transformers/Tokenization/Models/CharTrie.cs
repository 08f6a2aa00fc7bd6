using System.Runtime.CompilerServices;

namespace LlmRec.Transformers;

/// <summary>
/// Strings to ids, walked one UTF-16 unit at a time. The edges lie in one open-addressed table; the slot of an edge is the
/// node that it leads to, so an edge is its parent, its unit and the id that ends there.
/// </summary>
internal sealed class CharTrie
{
    /// <summary>The node of the empty string.</summary>
    public const int Root = 0;

    private const ulong Free = ulong.MaxValue;

    private readonly ulong[] _edges; // parent << 16 | unit
    private readonly int[] _ids;
    private readonly int _mask, _shift;
    private readonly int[] _first = new int[128]; // first step of ASCII
    private int _count;

    /// <param name="capacity">Upper limit of the number of nodes: the units of all strings together suffice.</param>
    public CharTrie(long capacity)
    {
        int bits = 4;
        while ((1L << bits) < capacity * 3 / 2 + 8) bits++;
        if (bits > 29) throw new InvalidDataException($"a vocabulary of {capacity} characters is too large");
        _edges = new ulong[1 << bits];
        _ids = new int[1 << bits];
        Array.Fill(_edges, Free);
        Array.Fill(_ids, -1);
        _mask = (1 << bits) - 1;
        _shift = 64 - bits;
        _edges[Root] = Free - 1; // taken: no edge leads to the root
        Array.Fill(_first, -1);
    }

    /// <summary>Longest string, in units.</summary>
    public int MaxLength { get; private set; }

    /// <summary>Whether no string was added.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Adds a string; a later id of the same string counts.</summary>
    public void Add(ReadOnlySpan<char> text, int id)
    {
        int node = Root;
        foreach (char c in text)
        {
            int slot = Probe(node, c);
            if (_edges[slot] == Free)
            {
                _edges[slot] = (ulong)(uint)node << 16 | c;
                if (node == Root && c < 128) _first[c] = slot;
            }
            node = slot;
        }
        _ids[node] = id;
        MaxLength = Math.Max(MaxLength, text.Length);
        _count++;
    }

    /// <summary>The node after one more unit, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Step(int node, char c)
    {
        if (node == Root && c < 128) return _first[c];
        int slot = Probe(node, c);
        return _edges[slot] == Free ? -1 : slot;
    }

    /// <summary>The id that ends at a node, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IdAt(int node) => _ids[node];

    /// <summary>The id of a whole string, or -1.</summary>
    public int Find(ReadOnlySpan<char> text)
    {
        int node = Root;
        foreach (char c in text)
        {
            node = Step(node, c);
            if (node < 0) return -1;
        }
        return _ids[node];
    }

    /// <summary>The longest string that is a prefix of the text.</summary>
    /// <returns>Its length in units, 0 when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Longest(ReadOnlySpan<char> text, out int id)
    {
        (id, int length, int node) = (-1, 0, Root);
        for (int i = 0; i < text.Length; i++)
        {
            node = Step(node, text[i]);
            if (node < 0) break;
            if (_ids[node] >= 0) (id, length) = (_ids[node], i + 1);
        }
        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Probe(int node, char c)
    {
        ulong edge = (ulong)(uint)node << 16 | c;
        int slot = (int)(edge * 0x9E3779B97F4A7C15 >> _shift);
        while (_edges[slot] != edge && _edges[slot] != Free) slot = slot + 1 & _mask;
        return slot;
    }
}
