namespace LlmRec.Kernels;

/// <summary>
/// Inserts nodes in batches whose size does not depend on the number of threads, so the graph does not either. A batch goes in two
/// steps: every new node searches the graph as it was before the batch (in parallel; nodes of its own batch that precede it are
/// compared one by one), then the nodes that were linked to take their new neighbours in (in parallel by node, in order within one).
/// </summary>
internal sealed unsafe class HnswBuilder<TSpace>(HnswGraph graph, TSpace space, int columns, int breadth, int threads, HnswScratchPool scratches)
    where TSpace : struct, IHnswSpace
{
    /// <summary>Nodes of a batch: enough to share among threads, few enough that comparing them all with one another is cheap.</summary>
    public const int BatchSize = 256;

    // A link to take in: level (5 bits), target (31 bits), place of the new node in its batch (28 bits).
    private readonly List<ulong> _incoming = [];
    private readonly List<int> _groups = [];

    /// <summary>Links nodes <paramref name="first"/> up to <paramref name="end"/>, which are in the graph without links yet.</summary>
    public void Insert(int first, int end, Action<int>? done, CancellationToken cancellation)
    {
        for (int start = first; start < end; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(BatchSize, end - start);
            InsertBatch(start, count);
            done?.Invoke(start + count - first);
        }
    }

    private void InsertBatch(int start, int count)
    {
        ForEach(count, i => FindNeighbours(start, start + i));

        // What the new nodes hold must be seen before the first link to them.
        Thread.MemoryBarrier();
        _incoming.Clear();
        int entry = graph.Entry;
        for (int i = 0; i < count; i++)
        {
            int node = start + i;
            for (int level = 0; level <= graph.Level(node); level++)
            {
                int* links = graph.Links(node, level);
                int places = graph.Places(level);
                for (int j = 0; j < places && links[j] >= 0; j++)
                    _incoming.Add((ulong)level << 59 | (ulong)links[j] << 28 | (uint)i);
            }
            if (entry < 0 || graph.Level(node) > graph.Level(entry))
                entry = node;
        }
        _incoming.Sort();
        _groups.Clear();
        for (int i = 0; i < _incoming.Count; i++)
        {
            if (i == 0 || _incoming[i] >> 28 != _incoming[i - 1] >> 28)
                _groups.Add(i);
        }
        _groups.Add(_incoming.Count);
        ForEach(_groups.Count - 1, g => TakeIn(_groups[g], _groups[g + 1], start));
        graph.Entry = entry;
    }

    private void FindNeighbours(int batchStart, int node)
    {
        HnswScratch scratch = scratches.Rent(graph.Count, breadth, Math.Max(graph.M0 + BatchSize, breadth), columns);
        TSpace aimed = space;
        aimed.AimAt(node, scratch);
        int level = graph.Level(node), entry = -1;
        if (graph.Entry >= 0)
            entry = HnswTraversal<TSpace>.Descend(ref aimed, graph, scratch, level);
        for (int l = level; l >= 0; l--)
        {
            scratch.PoolCount = 0;
            if (entry >= 0 && l <= graph.TopLevel)
            {
                HnswTraversal<TSpace>.Search(ref aimed, graph, scratch, entry, l, breadth);
                entry = HnswKey.Node(scratch.Pool[0]);
            }
            AddMates(ref aimed, scratch, batchStart, node, l);
            HnswTraversal<TSpace>.Diversify(ref aimed, scratch.Pool, scratch.PoolCount, graph.Links(node, l), graph.M);
        }
        scratches.Return(scratch);
    }

    // The frozen graph does not know the nodes of this batch: compare with those before, as if they had been found.
    private void AddMates(ref TSpace aimed, HnswScratch scratch, int batchStart, int node, int level)
    {
        int mates = 0, pool = scratch.PoolCount;
        for (int mate = batchStart; mate < node; mate++)
        {
            if (graph.Level(mate) >= level)
                scratch.Ids[mates++] = mate;
        }
        aimed.Score(scratch.Ids, mates, scratch.Scores);
        for (int i = 0; i < mates; i++)
            HnswTraversal<TSpace>.Insert(scratch.Pool, ref pool, breadth, HnswKey.Of(scratch.Scores[i], scratch.Ids[i]));
        scratch.PoolCount = pool;
    }

    private void TakeIn(int from, int to, int start)
    {
        int level = (int)(_incoming[from] >> 59), target = (int)(_incoming[from] >> 28 & int.MaxValue);
        int* links = graph.Links(target, level);
        int degree = graph.Degree(target, level), places = graph.Places(level), total = degree + (to - from);
        if (total <= places)
        {
            for (int i = from; i < to; i++)
                links[degree++] = start + (int)(_incoming[i] & 0xFFF_FFFF);
            return;
        }

        HnswScratch scratch = scratches.Rent(graph.Count, total, Math.Max(total, graph.M0), columns);
        for (int i = 0; i < degree; i++)
            scratch.Ids[i] = links[i];
        for (int i = from; i < to; i++)
            scratch.Ids[degree++] = start + (int)(_incoming[i] & 0xFFF_FFFF);
        TSpace aimed = space;
        aimed.AimAt(target, scratch);
        aimed.Score(scratch.Ids, total, scratch.Scores);
        for (int i = 0; i < total; i++)
            scratch.Pool[i] = HnswKey.Of(scratch.Scores[i], scratch.Ids[i]);
        var keys = new Span<ulong>(scratch.Pool, total);
        keys.Sort(static (a, b) => b.CompareTo(a));
        int kept = HnswTraversal<TSpace>.Diversify(ref aimed, scratch.Pool, total, links, places);
        new Span<int>(links + kept, places - kept).Fill(-1);
        scratches.Return(scratch);
    }

    private void ForEach(int count, Action<int> body)
    {
        if (threads == 1 || count < 8)
        {
            for (int i = 0; i < count; i++)
                body(i);
        }
        else
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
        }
    }
}
