namespace LlmRec.Kernels;

/// <content>Many queries at once.</content>
public sealed partial class VectorIndex
{
    /// <summary>
    /// Finds the keys whose vectors are most similar to each of many queries, all as of the moment the search begins. With
    /// <see cref="RowFormat.Float32"/> rows are read once for many queries; the answers are those of single searches, to the last bit.
    /// </summary>
    /// <param name="queries">m × d, all finite; no row all zeros under <see cref="VectorMetric.Cosine"/>.</param>
    /// <param name="k">Hits wanted a query, at least 1.</param>
    /// <param name="hits">m × k; query i's hits start at i·k, best first.</param>
    /// <param name="found">Receives the m numbers of hits.</param>
    /// <param name="filter">Which keys may be returned; by default all.</param>
    /// <param name="maxThreads">Most threads to use, at least 1.</param>
    /// <exception cref="ArgumentException">Shapes differ, or a query holds NaN or infinity or is all zeros under <see cref="VectorMetric.Cosine"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> or <paramref name="maxThreads"/> is less than 1.</exception>
    public unsafe void SearchMany(RowMatrix queries, int k, Span<Hit> hits, Span<int> found, RowFilter filter = default, int maxThreads = 1)
    {
        ExactSearch.ThrowIfShapesDiffer(queries, Dimensions, k, hits, found);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        using MappedFile.Hold hold = HoldFile();
        IndexState state = Volatile.Read(ref _state);
        long stamp = state.Stamp;
        int pass = BatchScan.QueriesPerPass(Dimensions);
        for (int first = 0; first < queries.Rows; first += pass)
        {
            int count = Math.Min(pass, queries.Rows - first);
            Span<int> foundHere = found.Slice(first, count);
            Span<Hit> hitsHere = hits.Slice(first * k, count * k);
            foundHere.Fill(-1);
            if (count >= ExactSearch.WorthATile && Format == RowFormat.Float32 && _options.Coarse is null)
            {
                BatchScan scan = BatchScan.Rent();
                fixed (ulong* words = filter.Allowed)
                {
                    ulong nothing = 0;
                    for (int c = 0; c < state.Chunks.Length; c++)
                    {
                        if (state.Chunks[c] is not { } chunk) continue;
                        int rows = c == state.Open ? IndexState.OpenRows(stamp) : chunk.Count;
                        chunk.Verify(0, rows);
                        scan.Add((float*)chunk.Rows.Codes, rows, chunk.Keys, chunk.DiedAt);
                    }
                    scan.Search(queries, first, count, Metric, unitRows: true, k, hitsHere, foundHere,
                        filter.HasBitmap && words == null ? &nothing : words, filter.Allowed.Length, filter.Predicate, IndexState.Version(stamp), maxThreads);
                }
                scan.Return();
            }
            for (int q = 0; q < count; q++)
                if (foundHere[q] < 0)
                    foundHere[q] = Search(state, stamp, queries.Row(first + q), hitsHere.Slice(q * k, k), filter, maxThreads);
        }
        // The chunks were read through pointers.
        GC.KeepAlive(state);
    }
}
