using System.Numerics;

namespace LlmRec.Kernels;

/// <summary>
/// What one traversal writes to: visited marks, the pool of the best nodes so far, a block of neighbours and their scores. Kept and
/// reused, so that a warm search allocates nothing. For one thread at a time.
/// </summary>
internal sealed unsafe class HnswScratch
{
    private AlignedBuffer<ulong> _visited = new(0);
    private AlignedBuffer<int> _touched = new(0);
    private AlignedBuffer<ulong> _pool = new(0);
    private AlignedBuffer<int> _ids = new(0);
    private AlignedBuffer<float> _scores = new(0);
    private AlignedBuffer<float> _query = new(0);
    private AlignedBuffer<short> _query16 = new(0);
    private int _touchedCount;

    /// <summary>Nodes found so far, best first; see <see cref="HnswKey"/>.</summary>
    public ulong* Pool { get; private set; }

    /// <summary>How many nodes are in <see cref="Pool"/>.</summary>
    public int PoolCount { get; set; }

    /// <summary>Neighbours whose scores are wanted.</summary>
    public int* Ids { get; private set; }

    /// <summary>Their scores.</summary>
    public float* Scores { get; private set; }

    /// <summary>Room for a float32 query, padded.</summary>
    public float* Query { get; private set; }

    /// <summary>Room for an int16 query, padded.</summary>
    public short* Query16 { get; private set; }

    /// <summary>A list that grows, for candidates and results outside the pool.</summary>
    public List<ulong> Far { get; } = [];

    /// <summary>Makes everything large enough.</summary>
    /// <param name="nodes">Nodes of the graph.</param>
    /// <param name="pool">Best nodes to hold.</param>
    /// <param name="block">Neighbours in a block.</param>
    /// <param name="columns">Length of a query.</param>
    public void Fit(int nodes, int pool, int block, int columns)
    {
        Grow(ref _visited, (nodes + 63) / 64);
        Grow(ref _touched, nodes + 1);
        Grow(ref _pool, pool + 1);
        Grow(ref _ids, block);
        Grow(ref _scores, block);
        Grow(ref _query, (columns + 63) / 64 * 64);
        Grow(ref _query16, (columns + 63) / 64 * 64);
        Pool = _pool.Pointer;
        Ids = _ids.Pointer;
        Scores = _scores.Pointer;
        Query = _query.Pointer;
        Query16 = _query16.Pointer;
    }

    /// <summary>True the first time a node is met since <see cref="Forget"/>.</summary>
    public bool Visit(int node)
    {
        ulong* word = _visited.Pointer + ((uint)node >> 6);
        ulong bit = 1UL << (node & 63);
        if ((*word & bit) != 0)
            return false;
        *word |= bit;
        _touched.Pointer[_touchedCount++] = node;
        return true;
    }

    /// <summary>Unmarks all nodes, in time proportional to those met.</summary>
    public void Forget()
    {
        if (_touchedCount > _visited.Length / 4)
        {
            _visited.Span.Clear();
        }
        else
        {
            for (int i = 0; i < _touchedCount; i++)
                _visited.Pointer[(uint)_touched.Pointer[i] >> 6] = 0;
        }
        _touchedCount = 0;
    }

    /// <summary>Number of nodes met since <see cref="Forget"/>.</summary>
    public int Met => _touchedCount;

    private static void Grow<T>(ref AlignedBuffer<T> buffer, int length) where T : unmanaged
    {
        if (buffer.Length < length)
            buffer = new((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)length), (uint)Array.MaxLength / 2));
    }
}
