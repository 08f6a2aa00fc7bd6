namespace LlmRec.Kernels;

/// <summary>A scan of an index cut into slices of rows, each worker with its own best k; see <see cref="SlicedScan{TScorer}"/>.</summary>
internal sealed unsafe class SlicedChunkScan<TScorer> : SlicedJob where TScorer : struct, IStoreScorer<TScorer>
{
    [ThreadStatic]
    private static SlicedChunkScan<TScorer>? t_mine;

    private TScorer _scorer;
    private IndexState? _state;
    private ScanTarget _target;
    private long _stamp, _rows, _sliceRows;
    private int _k;
    private ulong* _bitmap;
    private int _words;
    private Func<int, bool>? _predicate;
    private Hit[] _hits = [];
    private int[] _found = [];

    /// <summary>The calling thread's own job, kept for its next search; a fresh one while it is in use (a predicate that searches).</summary>
    public static SlicedChunkScan<TScorer> Mine
    {
        get
        {
            SlicedChunkScan<TScorer> mine = t_mine ?? new();
            t_mine = null;
            return mine;
        }
    }

    public int Search(in TScorer scorer, IndexState state, long stamp, ScanTarget target, long rows, Span<Hit> hits, ulong* bitmap, int words,
        Func<int, bool>? predicate, int threads)
    {
        _scorer = scorer;
        _state = state;
        _stamp = stamp;
        _target = target;
        _rows = rows;
        _k = hits.Length;
        _bitmap = bitmap;
        _words = words;
        _predicate = predicate;
        int slices = SliceCount(rows, threads);
        _sliceRows = (rows + slices - 1) / slices;
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
            _state = null;
            t_mine = this;
        }
        return Merge(hits, _hits, _found.AsSpan(0, threads));
    }

    protected override void RunSlice(int slice, int worker)
    {
        var heap = new HitHeap(_hits.AsSpan(worker * _k, _k), _found[worker]);
        ChunkScan.Run(_scorer, _state!, _stamp, _target, slice * _sliceRows, Math.Min(_rows, (slice + 1) * _sliceRows), ref heap, _bitmap, _words, _predicate);
        _found[worker] = heap.Count;
    }
}
