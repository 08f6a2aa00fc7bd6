namespace LlmRec.Kernels;

/// <summary>A scan cut into slices of rows. Each worker keeps its own best k; the union's best k are the whole's, so the cut does not show.</summary>
internal sealed unsafe class SlicedScan<TScorer> : SlicedJob where TScorer : struct, IRowScorer
{
    [ThreadStatic]
    private static SlicedScan<TScorer>? t_mine;

    private TScorer _scorer;
    private int _rows, _k, _sliceRows;
    private ulong* _bitmap;
    private int _words;
    private Func<int, bool>? _predicate;
    private Hit[] _hits = [];
    private int[] _found = [];

    /// <summary>The calling thread's own job, kept for its next search; a fresh one while it is in use (a predicate that searches).</summary>
    public static SlicedScan<TScorer> Mine
    {
        get
        {
            SlicedScan<TScorer> mine = t_mine ?? new();
            t_mine = null;
            return mine;
        }
    }

    public int Search(in TScorer scorer, int rows, Span<Hit> hits, ulong* bitmap, int words, Func<int, bool>? predicate, int threads)
    {
        _scorer = scorer;
        _rows = rows;
        _k = hits.Length;
        _bitmap = bitmap;
        _words = words;
        _predicate = predicate;
        int slices = SliceCount(rows, threads);
        // Whole words of the bitmap.
        _sliceRows = ((rows + slices - 1) / slices + 63) & ~63;
        slices = (rows + _sliceRows - 1) / _sliceRows;
        threads = Math.Min(threads, MaxThreads);
        if (_hits.Length < threads * _k) _hits = new Hit[threads * _k];
        if (_found.Length < threads) _found = new int[threads];
        _found.AsSpan().Clear();
        try
        {
            Run(slices, threads);
        }
        finally
        {
            _predicate = null;
            t_mine = this;
        }
        return Merge(hits, _hits, _found.AsSpan(0, threads));
    }

    protected override void RunSlice(int slice, int worker)
    {
        int begin = slice * _sliceRows, end = Math.Min(_rows, begin + _sliceRows);
        var heap = new HitHeap(_hits.AsSpan(worker * _k, _k), _found[worker]);
        RowScan.Run(_scorer, begin, end, null, null, 0, -1, ref heap, _bitmap, _words, _predicate);
        _found[worker] = heap.Count;
    }
}
