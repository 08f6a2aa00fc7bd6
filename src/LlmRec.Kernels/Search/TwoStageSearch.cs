namespace LlmRec.Kernels;

/// <summary>
/// Top-k in two stages: a scan of a compact copy finds candidates, and the exact rows order them. Scores are exact; what may be
/// missing is a row whose coarse score was not among the best candidates.
/// </summary>
/// <remarks>
/// Static and thread-safe as long as nobody writes to the rows. Allocates nothing after warm-up. With d = 384 and 10 candidates a hit,
/// <see cref="RowFormat.Int8"/> and <see cref="RowFormat.Int4"/> find more than 0.99 of the exact top 10 also among rows without any
/// structure; <see cref="RowFormat.Sign"/> does so only where the rows cluster. Measure on your own data: run <see cref="ExactSearch"/> beside it.
/// </remarks>
public static class TwoStageSearch
{
    [ThreadStatic]
    private static Hit[]? t_spare;

    /// <summary>Finds the rows most similar to a query by inner product.</summary>
    /// <param name="query">d values, all finite.</param>
    /// <param name="coarse">n × d, the compact copy of <paramref name="exact"/>.</param>
    /// <param name="exact">n × d.</param>
    /// <param name="hits">Receives the best k = <c>hits.Length</c> of the candidates, best first, with exact scores; at least 1 long.</param>
    /// <param name="candidates">Rows that the coarse stage hands on, at least k; 10·k is a good start.</param>
    /// <param name="filter">Which rows may be returned; by default all. Asked in the coarse stage.</param>
    /// <param name="maxThreads">Most threads to use, at least 1.</param>
    /// <returns>The number of hits written: the lesser of k and the number of rows that pass.</returns>
    /// <exception cref="ArgumentException">The query has another length than the rows or holds NaN or infinity; the two copies differ in shape; or <paramref name="hits"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="candidates"/> is less than k, or <paramref name="maxThreads"/> less than 1.</exception>
    public static unsafe int Search(ReadOnlySpan<float> query, CompactRows coarse, RowMatrix exact, Span<Hit> hits, int candidates,
        RowFilter filter = default, int maxThreads = 1)
    {
        ArgumentNullException.ThrowIfNull(coarse);
        ArgumentNullException.ThrowIfNull(exact);
        ExactSearch.ThrowIfEmpty(hits);
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, hits.Length);
        if (coarse.Rows != exact.Rows || coarse.Columns != exact.Columns)
            throw new ArgumentException($"the coarse rows are {coarse.Rows} × {coarse.Columns}, the exact ones {exact.Rows} × {exact.Columns}; they must be copies of each other", nameof(coarse));

        using var prepared = new PreparedQuery(query, exact.Columns, toUnitLength: false);
        candidates = Math.Min(candidates, Math.Max(exact.Rows, 1));
        Hit[] scratch = Rent(candidates);
        int found = ExactSearch.Run(prepared, coarse.Store, coarse.Rows, scratch.AsSpan(0, candidates), filter, maxThreads);
        DotScorer scorer = new(exact.Pointer, exact.Stride, prepared.Floats);
        var heap = new HitHeap(hits);
        foreach (Hit hit in scratch.AsSpan(0, found))
            heap.Offer(hit.Index, scorer.Score(hit.Index));
        GC.KeepAlive(exact);
        Return(scratch);
        return heap.Sort();
    }

    /// <summary>The thread's scratch for candidates; at least the length asked for.</summary>
    internal static Hit[] Rent(int length)
    {
        Hit[] scratch = t_spare is { } spare && spare.Length >= length ? spare : new Hit[length];
        t_spare = null;
        return scratch;
    }

    /// <summary>Gives the scratch back.</summary>
    internal static void Return(Hit[] scratch) => t_spare = scratch;
}
