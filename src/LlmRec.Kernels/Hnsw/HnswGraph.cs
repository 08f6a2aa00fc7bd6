namespace LlmRec.Kernels;

/// <summary>
/// The links. Level 0 has 2·M places a node in one flat buffer (with M = 16 two cache lines), the levels above M places a node and
/// level; free places hold −1 and stand at the end.
/// </summary>
internal sealed unsafe class HnswGraph
{
    /// <summary>Above this no level is drawn; 16³¹ nodes would be needed to miss one.</summary>
    public const int MaxLevel = 31;

    private readonly AlignedBuffer<int> _base;
    private readonly AlignedBuffer<int> _upper;
    private readonly int[] _upperStart;
    private readonly byte[] _levels;

    /// <summary>An empty graph.</summary>
    /// <param name="m">M.</param>
    /// <param name="nodes">Nodes there is room for.</param>
    /// <param name="upper">Places above level 0 there is room for.</param>
    public HnswGraph(int m, int nodes, int upper)
    {
        M = m;
        _base = new(checked(nodes * M0));
        _upper = new(upper);
        _upperStart = new int[nodes];
        _levels = new byte[nodes];
    }

    /// <summary>M, the links a new node asks for and the places on a level above 0.</summary>
    public int M { get; }

    /// <summary>Places on level 0.</summary>
    public int M0 => 2 * M;

    /// <summary>Number of nodes.</summary>
    public int Count { get; private set; }

    /// <summary>Where a search begins; −1 when there is no node.</summary>
    public int Entry { get; set; } = -1;

    /// <summary>Places used in the pool of the upper levels.</summary>
    public int UpperLength { get; private set; }

    /// <summary>The top level of the entry; −1 when there is no node.</summary>
    public int TopLevel => Entry < 0 ? -1 : _levels[Entry];

    /// <summary>Bytes held by the links and their bookkeeping.</summary>
    public long Bytes => 4L * _base.Length + 4L * _upper.Length + 4L * _upperStart.Length + _levels.Length;

    /// <summary>The top level of each node.</summary>
    public ReadOnlySpan<byte> Levels => _levels.AsSpan(0, Count);

    /// <summary>All places of level 0, node after node.</summary>
    public Span<int> BaseLinks => _base.Span[..(Count * M0)];

    /// <summary>All places above level 0.</summary>
    public Span<int> UpperLinks => _upper.Span[..UpperLength];

    /// <summary>The top level of a node.</summary>
    public int Level(int node) => _levels[node];

    /// <summary>The places of a node on a level.</summary>
    public int* Links(int node, int level) => level == 0
        ? _base.Pointer + (long)node * M0
        : _upper.Pointer + _upperStart[node] + (level - 1) * M;

    /// <summary>Places of a node on a level.</summary>
    public int Places(int level) => level == 0 ? M0 : M;

    /// <summary>Links in use among the places of a node.</summary>
    public int Degree(int node, int level)
    {
        int* links = Links(node, level);
        int places = Places(level), n = 0;
        while (n < places && links[n] >= 0)
            n++;
        return n;
    }

    /// <summary>A copy with other room; this one stays valid for those who still read it.</summary>
    public HnswGraph Resized(int nodes, int upper)
    {
        var graph = new HnswGraph(M, nodes, upper) { Entry = Entry, Count = Count, UpperLength = UpperLength };
        _base.Span[..(Count * M0)].CopyTo(graph._base.Span);
        _upper.Span[..UpperLength].CopyTo(graph._upper.Span);
        _upperStart.AsSpan(0, Count).CopyTo(graph._upperStart);
        _levels.AsSpan(0, Count).CopyTo(graph._levels);
        return graph;
    }

    /// <summary>Adds a node without links; there must be room.</summary>
    public int Add(int level)
    {
        int node = Count;
        _levels[node] = (byte)level;
        new Span<int>(Links(node, 0), M0).Fill(-1);
        _upperStart[node] = level == 0 ? -1 : UpperLength;
        UpperLength += level * M;
        if (level > 0)
            new Span<int>(Links(node, 1), level * M).Fill(-1);
        Count = node + 1;
        return node;
    }

    /// <summary>Forgets the last nodes; nothing may link to them.</summary>
    public void Truncate(int count)
    {
        for (int node = count; node < Count; node++)
            UpperLength -= _levels[node] * M;
        Count = count;
    }

    /// <summary>Takes over the links of a node of another graph under new numbers, without those that have none.</summary>
    public void CopyLinks(int node, HnswGraph other, int otherNode, int[] place)
    {
        for (int level = Level(node); level >= 0; level--)
        {
            int* from = other.Links(otherNode, level), to = Links(node, level);
            for (int j = 0, n = 0; j < Places(level) && from[j] >= 0; j++)
            {
                if (place[from[j]] >= 0)
                    to[n++] = place[from[j]];
            }
        }
    }

    /// <summary>Nodes there is room for.</summary>
    public int Capacity => _levels.Length;

    /// <summary>Places above level 0 that there is room for.</summary>
    public int UpperCapacity => _upper.Length;
}
