using System.Numerics;

namespace LlmRec.Kernels;

/// <summary>
/// One query. Without filter and removed rows it is the paper's search; with them it walks through all rows and collects those
/// that pass until enough passed, or, where comparing with everything that passes is cheaper, it does that.
/// </summary>
internal ref struct HnswSearch<TSpace>(HnswState state, HnswScratch scratch, TSpace space) where TSpace : struct, IHnswSpace
{
    /// <summary>Rows scored at a time in an exact scan.</summary>
    public const int Block = 256;

    // What a step of a walk costs in units of one row scanned: some 12 new rows are scored, and a row anywhere in memory takes
    // about three times a row in sequence (measured at 100,000 × 384: both ways take as long when some 15 % of the rows pass).
    private const int StepCost = 35;
    private const int Sample = 256;

    private TSpace _space = space;

    public int Run(Span<Hit> results, int breadth, RowFilter filter, bool exactly)
    {
        if (state.Graph.Entry < 0 || state.LiveCount <= 0)
            return 0;
        bool open = !filter.HasBitmap && filter.Predicate is null;
        if (exactly)
            return Scan(results, filter);
        if (open && state.DeadCount == 0)
            return Walk(results, breadth);

        // A walk takes about breadth / share steps, a scan share · n rows.
        double n = state.Graph.Count, passing = open ? state.LiveCount : Passing(filter);
        if (passing * passing <= StepCost * (double)breadth * n)
            return Scan(results, filter);
        int found = WalkFiltered(results, breadth, filter, (int)passing);
        return found >= 0 ? found : Scan(results, filter);
    }

    private unsafe int Walk(Span<Hit> results, int breadth)
    {
        int entry = HnswTraversal<TSpace>.Descend(ref _space, state.Graph, scratch, 0);
        HnswTraversal<TSpace>.Search(ref _space, state.Graph, scratch, entry, 0, breadth);
        var heap = new HitHeap(results);
        for (int i = 0; i < scratch.PoolCount && (i < results.Length || HnswKey.Score(scratch.Pool[i]) >= heap.Threshold); i++)
            heap.Offer(state.Keys[HnswKey.Node(scratch.Pool[i])], HnswKey.Score(scratch.Pool[i]));
        return heap.Sort();
    }

    // The candidates are a heap without bound; the pool holds the best rows that pass. −1: given up, scan instead.
    private unsafe int WalkFiltered(Span<Hit> results, int breadth, RowFilter filter, int budget)
    {
        HnswGraph graph = state.Graph;
        List<ulong> far = scratch.Far;
        far.Clear();
        int entry = HnswTraversal<TSpace>.Descend(ref _space, graph, scratch, 0), count = 0;
        float worst = float.NegativeInfinity;
        scratch.Visit(entry);
        scratch.Ids[0] = entry;
        for (int block = 1; ;)
        {
            _space.Score(scratch.Ids, block, scratch.Scores);
            for (int i = 0; i < block; i++)
            {
                if (count == breadth && scratch.Scores[i] <= worst)
                    continue;
                ulong key = HnswKey.Of(scratch.Scores[i], scratch.Ids[i]);
                Push(far, key);
                if (!Passes(scratch.Ids[i], filter))
                    continue;
                HnswTraversal<TSpace>.Insert(scratch.Pool, ref count, breadth, key);
                if (count == breadth)
                    worst = HnswKey.Score(scratch.Pool[count - 1]);
            }
            if (scratch.Met > budget || far.Count == 0 || (count == breadth && HnswKey.Score(far[0]) < worst))
                break;

            int* links = graph.Links(HnswKey.Node(Pop(far)), 0);
            block = 0;
            for (int i = 0; i < graph.M0 && links[i] >= 0; i++)
            {
                if (scratch.Visit(links[i]))
                    scratch.Ids[block++] = links[i];
            }
        }
        bool unfinished = scratch.Met > budget || count < Math.Min(results.Length, breadth);
        scratch.Forget();
        if (unfinished)
            return -1;
        var heap = new HitHeap(results);
        for (int i = 0; i < count; i++)
            heap.Offer(state.Keys[HnswKey.Node(scratch.Pool[i])], HnswKey.Score(scratch.Pool[i]));
        return heap.Sort();
    }

    private unsafe int Scan(Span<Hit> results, RowFilter filter)
    {
        var heap = new HitHeap(results);
        int block = 0, n = state.Graph.Count;
        if (filter.HasBitmap && filter.Allowed.Length * 64L < 8L * n)
        {
            // Few keys: look each up rather than ask every row.
            for (int w = 0; w < filter.Allowed.Length; w++)
            {
                for (ulong word = filter.Allowed[w]; word != 0; word &= word - 1)
                {
                    int node = state.Slots.Find(w * 64 + BitOperations.TrailingZeroCount(word), state.Keys);
                    if (node >= 0 && Passes(node, filter))
                        Take(node, ref block, ref heap);
                }
            }
        }
        else
        {
            for (int node = 0; node < n; node++)
            {
                if (Passes(node, filter))
                    Take(node, ref block, ref heap);
            }
        }
        Flush(ref block, ref heap);
        return heap.Sort();
    }

    private unsafe void Take(int node, ref int block, ref HitHeap heap)
    {
        scratch.Ids[block++] = node;
        if (block == Block)
            Flush(ref block, ref heap);
    }

    private unsafe void Flush(ref int block, ref HitHeap heap)
    {
        _space.Score(scratch.Ids, block, scratch.Scores);
        for (int i = 0; i < block; i++)
        {
            if (scratch.Scores[i] >= heap.Threshold)
                heap.Offer(state.Keys[scratch.Ids[i]], scratch.Scores[i]);
        }
        block = 0;
    }

    private readonly bool Passes(int node, RowFilter filter) => !state.IsDead(node) && filter.Passes(state.Keys[node]);

    /// <summary>How many rows pass, from a sample of places evenly spread.</summary>
    private readonly double Passing(RowFilter filter)
    {
        int n = state.Graph.Count, sample = Math.Min(Sample, n), passed = 0;
        for (int i = 0; i < sample; i++)
        {
            if (Passes((int)((long)i * n / sample), filter))
                passed++;
        }
        return (double)passed * n / sample;
    }

    private static void Push(List<ulong> heap, ulong key)
    {
        heap.Add(key);
        int i = heap.Count - 1;
        for (int parent = (i - 1) >> 1; i > 0 && heap[parent] < key; parent = (i - 1) >> 1)
        {
            heap[i] = heap[parent];
            i = parent;
        }
        heap[i] = key;
    }

    private static ulong Pop(List<ulong> heap)
    {
        ulong top = heap[0], last = heap[^1];
        heap.RemoveAt(heap.Count - 1);
        int n = heap.Count, i = 0;
        if (n == 0)
            return top;
        for (int child = 1; child < n; child = 2 * i + 1)
        {
            if (child + 1 < n && heap[child + 1] > heap[child])
                child++;
            if (heap[child] <= last)
                break;
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = last;
        return top;
    }
}
