using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// Many queries against the same rows: a block of rows is read once and multiplied with all queries in register tiles, queries in
/// the lanes, so the core and not the memory is the limit. Tile sums are rounded in another order than a single query's, so tiles
/// only choose candidates: a few more than k are kept, rescored as a single search scores them, and accepted when the rounding bound
/// proves that no other row could belong among the best k. Where it proves nothing the query is left to a single search. So a batch
/// gives what its queries give one by one, to the last bit.
/// </summary>
internal sealed unsafe class BatchScan : SlicedJob
{
    /// <summary>Rows of a block, two tiles high: 16 × 384 float32 are 24 KiB, which stay in the first-level cache while the panels of queries pass (measured: 2 % faster than 64).</summary>
    private const int BlockRows = 16;

    /// <summary>Most queries of a pass, and the bytes their panels may take of the second-level cache.</summary>
    private const int MaxQueries = 256, PanelBytes = 512 << 10;

    /// <summary>Candidates kept beyond k.</summary>
    private const int Spare = 16;

    private const int Lanes = TileKernel.PanelColumns;

    [ThreadStatic]
    private static BatchScan? t_mine;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_gathered;

    private AlignedBuffer<float> _queries = new(0), _panels = new(0), _thresholds = new(0);
    private Hit[] _hits = [];
    private int[] _found = [];
    private float[] _largestSquare = [];
    private RowRun[] _runs = [];
    private int _runCount, _d, _stride, _count, _padded, _kept;
    private long _rows, _sliceRows, _version;
    private VectorMetric _metric;
    private ulong* _bitmap;
    private int _words;
    private Func<int, bool>? _predicate;

    /// <summary>The calling thread's own job; give it back with <see cref="Return"/>.</summary>
    public static BatchScan Rent()
    {
        BatchScan mine = t_mine ?? new();
        t_mine = null;
        return mine;
    }

    /// <summary>Queries that fit one pass.</summary>
    public static int QueriesPerPass(int d) => Math.Clamp(PanelBytes / (d * sizeof(float)) / Lanes * Lanes, Lanes, MaxQueries);

    public void Return()
    {
        _predicate = null;
        _runCount = 0;
        t_mine = this;
    }

    /// <summary>Adds rows to walk. They must stay valid and in place until the search has ended.</summary>
    public void Add(float* rows, int count, int* keys, long* diedAt)
    {
        if (_runCount == _runs.Length) Array.Resize(ref _runs, Math.Max(4, 2 * _runCount));
        ref RowRun run = ref _runs[_runCount++];
        run = new() { Rows = rows, Count = count, First = _runCount == 1 ? 0 : _runs[_runCount - 2].First + _runs[_runCount - 2].Count, Keys = keys, DiedAt = diedAt };
        _rows = run.First + count;
    }

    /// <summary>Searches for one pass of queries.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="first">First query of the pass.</param>
    /// <param name="count">Number of queries, at most <see cref="QueriesPerPass"/>.</param>
    /// <param name="metric">How rows are scored; the queries are brought to unit length for a cosine.</param>
    /// <param name="unitRows">The rows are of unit length already.</param>
    /// <param name="k">Hits wanted a query.</param>
    /// <param name="hits">count × k.</param>
    /// <param name="found">Receives the hits of each query, or −1 where a single search must decide.</param>
    /// <param name="bitmap">Keys that may be returned, or <c>null</c>.</param>
    /// <param name="words">Words of the bitmap.</param>
    /// <param name="predicate">Asked for keys that would enter, or <c>null</c>.</param>
    /// <param name="version">The version this search sees.</param>
    /// <param name="maxThreads">Most threads.</param>
    public void Search(RowMatrix queries, int first, int count, VectorMetric metric, bool unitRows, int k, Span<Hit> hits, Span<int> found,
        ulong* bitmap, int words, Func<int, bool>? predicate, long version, int maxThreads)
    {
        _metric = metric == VectorMetric.Cosine && unitRows ? VectorMetric.InnerProduct : metric;
        _bitmap = bitmap;
        _words = words;
        _predicate = predicate;
        _version = version;
        _kept = k + Spare;
        Load(queries, first, count, metric == VectorMetric.Cosine);

        // One tile of work for a row is worth a thread much sooner than reading it.
        int threads = (int)Math.Min(maxThreads, Math.Max(1, _rows * count * _d / (1 << 20)));
        threads = Math.Min(threads, MaxThreads);
        int slices = threads == 1 ? 1 : SliceCount(_rows, threads);
        _sliceRows = ((_rows + slices - 1) / slices + BlockRows - 1) / BlockRows * BlockRows;
        // Each worker has its own candidates, not each slice: filling them costs more than a thousand rows.
        if (_hits.Length < (long)threads * _padded * _kept) _hits = new Hit[checked(threads * _padded * _kept)];
        if (_found.Length < threads * _padded) _found = new int[threads * _padded];
        if (_largestSquare.Length < threads) _largestSquare = new float[threads];
        if (_thresholds.Length < threads * _padded) _thresholds = new(threads * _padded);
        _found.AsSpan(0, threads * _padded).Clear();
        _largestSquare.AsSpan(0, threads).Clear();
        for (int w = 0; w < threads; w++)
        {
            Span<float> thresholds = _thresholds.Span.Slice(w * _padded, _padded);
            thresholds[..count].Fill(float.NegativeInfinity);
            thresholds[count..].Fill(float.PositiveInfinity);
        }
        Run(slices, threads);

        float largestSquare = 0;
        for (int w = 0; w < threads; w++) largestSquare = Math.Max(largestSquare, _largestSquare[w]);
        Hit[] merged = TwoStageSearch.Rent(_kept);
        for (int q = 0; q < count; q++)
        {
            var heap = new HitHeap(merged.AsSpan(0, _kept));
            for (int w = 0; w < threads; w++)
                foreach (Hit hit in _hits.AsSpan((w * _padded + q) * _kept, _found[w * _padded + q]))
                    if (hit.Score >= heap.Threshold) heap.Offer(hit.Index, hit.Score);
            found[q] = Rescore(q, merged.AsSpan(0, heap.Count), heap.Threshold, MathF.Sqrt(largestSquare), hits.Slice(q * k, k));
        }
        TwoStageSearch.Return(merged);
    }

    // Checks, scales and pads the queries, and packs them in panels of 32 with the query in the lane.
    private void Load(RowMatrix queries, int first, int count, bool toUnitLength)
    {
        _d = queries.Columns;
        _stride = queries.Stride;
        _count = count;
        _padded = (count + Lanes - 1) / Lanes * Lanes;
        if (_queries.Length < count * _stride) _queries = new(count * _stride);
        if (_panels.Length < _padded * _d) _panels = new(_padded * _d);
        for (int q = 0; q < count; q++)
        {
            Span<float> target = _queries.Span.Slice(q * _stride, _stride);
            Span<float> query = queries.Row(first + q);
            if (!Similarity.IsFinite(query))
                throw new ArgumentException($"query {first + q} holds NaN or infinity; every value must be finite", nameof(queries));
            target[_d..].Clear();
            if (!toUnitLength) query.CopyTo(target);
            else if (Similarity.Normalize(query, target[.._d]) == 0)
                throw new ArgumentException($"query {first + q} is all zeros, which has no direction and so no cosine", nameof(queries));
        }
        Panels.PackTransposed(_queries.Pointer, _stride, count, _d, _panels.Pointer);
    }

    [SkipLocalsInit]
    protected override void RunSlice(int slice, int worker)
    {
        float* scales = stackalloc float[BlockRows], offsets = stackalloc float[BlockRows];
        int* numbers = stackalloc int[BlockRows];
        float largest = _largestSquare[worker];
        AlignedBuffer<float>? gathered = null;
        if (_bitmap != null)
        {
            gathered = t_gathered is { } spare && spare.Length >= BlockRows * _stride ? spare : new(BlockRows * _stride);
            t_gathered = null;
        }

        long begin = slice * _sliceRows, end = Math.Min(_rows, begin + _sliceRows);
        for (int b = 0; b < _runCount; b++)
        {
            RowRun run = _runs[b];
            int from = (int)Math.Clamp(begin - run.First, 0, run.Count), to = (int)Math.Clamp(end - run.First, 0, run.Count);
            for (int i = from; i < to; i += BlockRows)
            {
                float* rows = run.Rows + (long)i * _stride;
                int count = Math.Min(BlockRows, to - i);
                if (_bitmap == null)
                    for (int r = 0; r < count; r++) numbers[r] = i + r;
                else
                    rows = Gather(run, i, ref count, numbers, gathered!.Pointer);
                if (count == 0) continue;
                // Reading the block row after row brings it into the cache at the full speed of memory.
                for (int r = 0; r < count; r++)
                {
                    float square = Measure(rows + r * _stride, out scales[r], out offsets[r]);
                    largest = Math.Max(largest, square);
                }
                Multiply(run, rows, count, numbers, scales, offsets, worker);
            }
        }
        _largestSquare[worker] = largest;
        if (gathered is not null) t_gathered = gathered;
    }

    // Copies the rows of a block that pass the bitmap.
    private float* Gather(in RowRun run, int i, ref int count, int* numbers, float* target)
    {
        int passing = 0;
        for (int r = i; r < i + count; r++)
        {
            int key = run.Keys == null ? (int)(run.First + r) : run.Keys[r], word = key >> 6;
            if (word >= _words || (_bitmap[word] >> (key & 63) & 1) == 0) continue;
            Unsafe.CopyBlock(target + passing * _stride, run.Rows + (long)r * _stride, (uint)_stride * sizeof(float));
            numbers[passing++] = r;
        }
        count = passing;
        return target;
    }

    // A tile gives q·x; the score, up to a constant of the query, is scale · q·x + offset.
    private float Measure(float* row, out float scale, out float offset)
    {
        float square = Similarity.Reduce<Similarity.DotStep>(ref *row, ref *row, _stride);
        (scale, offset) = _metric switch
        {
            VectorMetric.Cosine => (square == 0 ? 0 : 1 / MathF.Sqrt(square), 0f),
            VectorMetric.SquaredDistance => (2, -square),
            _ => (1, 0),
        };
        // Where squares leave float32's comfortable range the bounds below prove nothing: NaN sends the queries to single searches.
        return square is 0 or (> 8e-28f and < 1e30f) ? square : float.NaN;
    }

    [SkipLocalsInit]
    private void Multiply(in RowRun run, float* rows, int count, int* numbers, float* scales, float* offsets, int worker)
    {
        float* memory = stackalloc float[TileKernel.MaxRows * Lanes + 16];
        float* scores = (float*)(((nint)memory + 63) & ~63);
        float* thresholds = _thresholds.Pointer + worker * _padded, panel = _panels.Pointer;
        LaneWidth width = LaneWidths.Best;
        int tileRows = TileKernel.Rows(width);
        byte* next = (byte*)(rows + (nint)count * _stride);
        int linesAPanel = count * _stride / 16 / (_padded / Lanes) + 1;
        for (int q = 0; q < _padded; q += Lanes, panel += (nint)_d * Lanes)
        {
            // The next block comes in while this one is multiplied, a share with each panel.
            if (Sse.IsSupported)
                for (int line = 0; line < linesAPanel; line++, next += 64) Sse.Prefetch1(next);
            for (int r = 0; r < count; r += tileRows)
            {
                int height = Math.Min(tileRows, count - r);
                TileKernel.Multiply(width, height, _d, rows + r * _stride, _stride, 1, panel, Lanes, scores, Lanes, null, 0, null, panel, 0);
                for (int t = 0; t < height; t++)
                    Choose(run, numbers[r + t], scores + t * Lanes, scales[r + t], offsets[r + t], thresholds + q, worker, q);
            }
        }
    }

    // Offers a row to the queries of a panel whose threshold it reaches.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Choose(in RowRun run, int i, float* scores, float scale, float offset, float* thresholds, int worker, int q)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> s = Vector512.Create(scale), o = Vector512.Create(offset);
            Vector512<float> low = Vector512.MultiplyAddEstimate(Vector512.Load(scores), s, o), high = Vector512.MultiplyAddEstimate(Vector512.Load(scores + 16), s, o);
            Vector512<float> lowReached = Vector512.GreaterThanOrEqual(low, Vector512.Load(thresholds)), highReached = Vector512.GreaterThanOrEqual(high, Vector512.Load(thresholds + 16));
            if ((lowReached | highReached).AsUInt32() == Vector512<uint>.Zero) return;
            low.Store(scores);
            high.Store(scores + 16);
        }
        else
        {
            bool reached = false;
            for (int j = 0; j < Lanes; j += 4)
            {
                Vector128<float> four = Vector128.MultiplyAddEstimate(Vector128.Load(scores + j), Vector128.Create(scale), Vector128.Create(offset));
                four.Store(scores + j);
                reached |= Vector128.GreaterThanOrEqualAny(four, Vector128.Load(thresholds + j));
            }
            if (!reached) return;
        }
        Offer(run, i, scores, thresholds, worker, q);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Offer(in RowRun run, int i, float* scores, float* thresholds, int worker, int q)
    {
        if (run.DiedAt != null && run.DiedAt[i] <= _version) return;
        int number = (int)(run.First + i);
        bool? passes = _predicate is null ? true : null;
        for (int j = 0; j < Lanes; j++)
        {
            if (!(scores[j] >= thresholds[j])) continue;
            passes ??= _predicate!(run.Keys == null ? number : run.Keys[i]);
            if (passes == false) return;
            ref int found = ref _found[worker * _padded + q + j];
            var heap = new HitHeap(_hits.AsSpan((worker * _padded + q + j) * _kept, _kept), found);
            heap.Offer(number, scores[j]);
            found = heap.Count;
            thresholds[j] = heap.Threshold;
        }
    }

    // The candidates' scores as a single search gives them; −1 where a row that was not kept might still belong among the best k.
    private int Rescore(int q, ReadOnlySpan<Hit> candidates, float threshold, float longest, Span<Hit> hits)
    {
        float* query = _queries.Pointer + q * _stride;
        float length = MathF.Sqrt(Similarity.Reduce<Similarity.DotStep>(ref *query, ref *query, _stride));
        if (!(length * longest < 1e30f)) return -1;
        var heap = new HitHeap(hits);
        foreach (Hit candidate in candidates)
        {
            RowRun run = RunOf(candidate.Index);
            int i = (int)(candidate.Index - run.First);
            float score = _metric switch
            {
                VectorMetric.Cosine => new CosineScorer(run.Rows, _stride, query).Score(i),
                VectorMetric.SquaredDistance => new SquaredDistanceScorer(run.Rows, _stride, query).Score(i),
                _ => new DotScorer(run.Rows, _stride, query).Score(i),
            };
            heap.Offer(run.Keys == null ? candidate.Index : run.Keys[i], score);
        }
        if (candidates.Length < _kept) return heap.Sort();

        // Both sums of d products are within d·2⁻²⁴·|q||x| of the truth, so within 2⁻²³·d·|q||x| of each other; 16 for the other roundings.
        float unit = (_d + 16) * 1.2e-7f;
        (float bound, float constant) = _metric switch
        {
            VectorMetric.Cosine => (4 * unit, 0f),
            VectorMetric.SquaredDistance => (2 * unit * (length + longest) * (length + longest), length * length),
            _ => (unit * length * longest, 0),
        };
        return threshold - constant + bound < heap.Threshold ? heap.Sort() : -1;
    }

    private ref RowRun RunOf(int number)
    {
        int low = 0, high = _runCount - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_runs[middle].First <= number) low = middle;
            else high = middle - 1;
        }
        return ref _runs[low];
    }
}
