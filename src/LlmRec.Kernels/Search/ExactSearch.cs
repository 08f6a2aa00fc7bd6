namespace LlmRec.Kernels;

/// <summary>
/// Exact top-k over a row matrix: every row (that the filter lets pass) is scored once, the best k are kept inside the scan.
/// Equal scores are ordered by the lower row. The answer does not depend on the number of threads.
/// </summary>
/// <remarks>
/// Static and thread-safe as long as nobody writes to the matrix. O(n·d); one query is bound by memory bandwidth. After warm-up a
/// search allocates nothing.
/// </remarks>
public static partial class ExactSearch
{
    /// <summary>Bytes of rows below which a second thread costs more than it brings (waking one takes about 10 µs).</summary>
    internal const long BytesWorthAThread = 1 << 20;

    /// <summary>Finds the rows most similar to a query.</summary>
    /// <param name="query">d values, all finite.</param>
    /// <param name="rows">n × d. A row holding NaN is never returned.</param>
    /// <param name="hits">Receives the best k = <c>hits.Length</c> rows, best first; at least 1 long.</param>
    /// <param name="filter">Which rows may be returned; by default all.</param>
    /// <param name="metric">How rows are scored. With <see cref="VectorMetric.InnerProduct"/> and unit rows the score is the cosine at the least cost.</param>
    /// <param name="count">Only the first <paramref name="count"/> rows are searched; −1 for all.</param>
    /// <param name="maxThreads">Most threads to use, at least 1. More than one are used only where the matrix is large enough to pay.</param>
    /// <returns>The number of hits written: the lesser of k and the number of rows that pass.</returns>
    /// <exception cref="ArgumentException">The query has another length than the rows, holds NaN or infinity, or is all zeros under <see cref="VectorMetric.Cosine"/>; or <paramref name="hits"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="maxThreads"/> is out of range.</exception>
    public static unsafe int Search(ReadOnlySpan<float> query, RowMatrix rows, Span<Hit> hits, RowFilter filter = default,
        VectorMetric metric = VectorMetric.InnerProduct, int count = -1, int maxThreads = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, rows.Rows);
        if (count < 0) count = rows.Rows;
        using var prepared = new PreparedQuery(query, rows.Columns, metric == VectorMetric.Cosine);
        float* q = prepared.Floats;
        int found = metric switch
        {
            VectorMetric.InnerProduct => Run(new DotScorer(rows.Pointer, rows.Stride, q), count, hits, filter, maxThreads),
            VectorMetric.Cosine => Run(new CosineScorer(rows.Pointer, rows.Stride, q), count, hits, filter, maxThreads),
            VectorMetric.SquaredDistance => Run(new SquaredDistanceScorer(rows.Pointer, rows.Stride, q), count, hits, filter, maxThreads),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "unknown metric"),
        };
        GC.KeepAlive(rows);
        return found;
    }

    /// <summary>Finds the rows of a compact format whose coded values have the greatest inner product with a query: exact for the codes, so the format's rounding is the only error.</summary>
    /// <param name="query">d values, all finite.</param>
    /// <param name="rows">n × d.</param>
    /// <param name="hits">Receives the best k = <c>hits.Length</c> rows, best first; at least 1 long.</param>
    /// <param name="filter">Which rows may be returned; by default all.</param>
    /// <param name="count">Only the first <paramref name="count"/> rows are searched; −1 for all.</param>
    /// <param name="maxThreads">Most threads to use, at least 1. More than one are used only where the matrix is large enough to pay.</param>
    /// <returns>The number of hits written: the lesser of k and the number of rows that pass.</returns>
    /// <exception cref="ArgumentException">The query has another length than the rows or holds NaN or infinity; or <paramref name="hits"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="maxThreads"/> is out of range.</exception>
    public static int Search(ReadOnlySpan<float> query, CompactRows rows, Span<Hit> hits, RowFilter filter = default, int count = -1, int maxThreads = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, rows.Rows);
        using var prepared = new PreparedQuery(query, rows.Columns, toUnitLength: false);
        return Run(prepared, rows.Store, count < 0 ? rows.Rows : count, hits, filter, maxThreads);
    }

    /// <summary>Scans <paramref name="count"/> rows of a store with the scorer of its format.</summary>
    internal static int Run(in PreparedQuery query, RowStore store, int count, Span<Hit> hits, RowFilter filter, int maxThreads)
    {
        int found = store.Format switch
        {
            RowFormat.Float32 => Run(query.Float32().Over(store), count, hits, filter, maxThreads),
            RowFormat.Float16 => Run(query.Float16().Over(store), count, hits, filter, maxThreads),
            RowFormat.BFloat16 => Run(query.BFloat16().Over(store), count, hits, filter, maxThreads),
            RowFormat.Int8 => Run(query.Int8().Over(store), count, hits, filter, maxThreads),
            RowFormat.Int4 => Run(query.Int4().Over(store), count, hits, filter, maxThreads),
            _ => Run(query.Sign().Over(store), count, hits, filter, maxThreads),
        };
        GC.KeepAlive(store);
        return found;
    }

    /// <summary>Scans <paramref name="count"/> rows with any scorer, on one thread or in slices on several.</summary>
    internal static unsafe int Run<TScorer>(in TScorer scorer, int count, Span<Hit> hits, RowFilter filter, int maxThreads)
        where TScorer : struct, IRowScorer
    {
        ThrowIfEmpty(hits);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        int threads = (int)Math.Min(maxThreads, Math.Max(1, count * scorer.BytesPerRow / BytesWorthAThread));
        fixed (ulong* words = filter.Allowed)
        {
            // An empty bitmap lets nothing pass; fixed gives a null pointer for it, which would mean "no bitmap".
            ulong nothing = 0;
            ulong* bitmap = filter.HasBitmap && words == null ? &nothing : words;
            if (threads > 1)
                return SlicedScan<TScorer>.Mine.Search(scorer, count, hits, bitmap, filter.Allowed.Length, filter.Predicate, threads);
            var heap = new HitHeap(hits);
            RowScan.Run(scorer, 0, count, null, null, 0, -1, ref heap, bitmap, filter.Allowed.Length, filter.Predicate);
            return heap.Sort();
        }
    }

    internal static void ThrowIfEmpty(Span<Hit> hits)
    {
        if (hits.IsEmpty)
            throw new ArgumentException("the span for the hits is empty: its length is k, the number of results wanted, and must be at least 1", nameof(hits));
    }
}
