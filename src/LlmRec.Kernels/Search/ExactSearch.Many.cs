namespace LlmRec.Kernels;

/// <content>Many queries at once.</content>
public static partial class ExactSearch
{
    /// <summary>Queries from which on multiplying in tiles beats one scan after the other.</summary>
    internal const int WorthATile = 5;

    /// <summary>
    /// Finds the rows most similar to each of many queries. The rows are read once for up to 256 queries, so the core and not the
    /// memory is the limit; the answers are those of <see cref="Search(ReadOnlySpan{float}, RowMatrix, Span{Hit}, RowFilter, VectorMetric, int, int)"/>
    /// for each query, to the last bit.
    /// </summary>
    /// <param name="queries">m × d, all finite.</param>
    /// <param name="rows">n × d. A row holding NaN is never returned.</param>
    /// <param name="k">Hits wanted a query, at least 1.</param>
    /// <param name="hits">m × k; query i's hits start at i·k, best first.</param>
    /// <param name="found">Receives the m numbers of hits.</param>
    /// <param name="filter">Which rows may be returned; by default all.</param>
    /// <param name="metric">How rows are scored.</param>
    /// <param name="maxThreads">Most threads to use, at least 1.</param>
    /// <exception cref="ArgumentException">Shapes differ, a query holds NaN or infinity, or is all zeros under <see cref="VectorMetric.Cosine"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> or <paramref name="maxThreads"/> is less than 1.</exception>
    public static unsafe void SearchMany(RowMatrix queries, RowMatrix rows, int k, Span<Hit> hits, Span<int> found,
        RowFilter filter = default, VectorMetric metric = VectorMetric.InnerProduct, int maxThreads = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ThrowIfShapesDiffer(queries, rows.Columns, k, hits, found);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        if (!Enum.IsDefined(metric)) throw new ArgumentOutOfRangeException(nameof(metric), metric, "unknown metric");
        int pass = BatchScan.QueriesPerPass(rows.Columns);
        for (int first = 0; first < queries.Rows; first += pass)
        {
            int count = Math.Min(pass, queries.Rows - first);
            Span<int> foundHere = found.Slice(first, count);
            Span<Hit> hitsHere = hits.Slice(first * k, count * k);
            foundHere.Fill(-1);
            if (count >= WorthATile)
            {
                BatchScan scan = BatchScan.Rent();
                fixed (ulong* words = filter.Allowed)
                {
                    ulong nothing = 0;
                    scan.Add(rows.Pointer, rows.Rows, null, null);
                    scan.Search(queries, first, count, metric, unitRows: false, k, hitsHere, foundHere,
                        filter.HasBitmap && words == null ? &nothing : words, filter.Allowed.Length, filter.Predicate, 0, maxThreads);
                }
                scan.Return();
            }
            for (int q = 0; q < count; q++)
                if (foundHere[q] < 0)
                    foundHere[q] = Search(queries.Row(first + q), rows, hitsHere.Slice(q * k, k), filter, metric, maxThreads: maxThreads);
        }
        GC.KeepAlive(rows);
    }

    internal static void ThrowIfShapesDiffer(RowMatrix queries, int columns, int k, Span<Hit> hits, Span<int> found)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (queries.Columns != columns)
            throw new ArgumentException($"the queries have {queries.Columns} values, the rows have {columns}", nameof(queries));
        if (hits.Length != (long)queries.Rows * k)
            throw new ArgumentException($"{queries.Rows} queries of {k} hits need {(long)queries.Rows * k} places, the span has {hits.Length}", nameof(hits));
        if (found.Length != queries.Rows)
            throw new ArgumentException($"{queries.Rows} queries need as many counts, the span has {found.Length}", nameof(found));
    }
}
