namespace LlmRec;

/// <summary>Distinct terms under dense numbers, in a few flat arrays: some 20 bytes and its characters a term, where a dictionary of strings takes a hundred.</summary>
/// <remarks>Finding is thread-safe while nobody adds.</remarks>
internal sealed class TermTable
{
    private int[] _slots = new int[64];        // open addressing; number + 1, 0 = free
    private uint[] _hashes = new uint[32];     // by number
    private int[] _starts = new int[33];       // by number; the end of a term is the start of the next
    private char[] _chars = new char[256];

    public int Count { get; private set; }

    public ReadOnlySpan<char> this[int number] => _chars.AsSpan(_starts[number], _starts[number + 1] - _starts[number]);

    /// <summary>The number of a term, or −1.</summary>
    public int Find(ReadOnlySpan<char> term)
    {
        uint hash = (uint)Hash(term);
        int mask = _slots.Length - 1;
        for (int slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            int number = _slots[slot] - 1;
            if (number < 0) return -1;
            if (_hashes[number] == hash && this[number].SequenceEqual(term)) return number;
        }
    }

    /// <summary>The number of a term; the next free one when it is new.</summary>
    public int Add(ReadOnlySpan<char> term)
    {
        uint hash = (uint)Hash(term);
        int mask = _slots.Length - 1;
        int slot = (int)hash & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int number = _slots[slot] - 1;
            if (_hashes[number] == hash && this[number].SequenceEqual(term)) return number;
        }

        int start = _starts[Count];
        EnsureRoom(start + (long)term.Length);
        term.CopyTo(_chars.AsSpan(start));
        _hashes[Count] = hash;
        _starts[Count + 1] = start + term.Length;
        _slots[slot] = ++Count;
        if (Count * 2L > _slots.Length) Rehash();
        return Count - 1;
    }

    /// <summary>64 well-mixed bits that depend on the characters alone, on any machine and in any process.</summary>
    public static ulong Hash(ReadOnlySpan<char> term)
    {
        ulong h = 0x9E3779B97F4A7C15 + (ulong)term.Length;
        foreach (char c in term)
        {
            h = (h ^ c) * 0xD6E8FEB86659FD93;
            h ^= h >> 32;
        }
        h *= 0xD6E8FEB86659FD93;
        return h ^ (h >> 32);
    }

    private void EnsureRoom(long chars)
    {
        if (chars > Array.MaxLength || Count + 2 > Array.MaxLength / 2)
            throw new InvalidOperationException("the vocabulary is beyond two billion characters: hash it (HashBits), or fit on fewer documents");
        if (chars > _chars.Length) Array.Resize(ref _chars, (int)Math.Min(Array.MaxLength, Math.Max(chars, _chars.Length * 2L)));
        if (Count + 1 < _starts.Length) return;
        Array.Resize(ref _hashes, _hashes.Length * 2);
        Array.Resize(ref _starts, _hashes.Length + 1);
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int number = 0; number < Count; number++)
        {
            int slot = (int)_hashes[number] & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = number + 1;
        }
    }
}
