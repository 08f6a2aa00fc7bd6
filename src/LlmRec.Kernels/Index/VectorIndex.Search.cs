namespace LlmRec.Kernels;

/// <content>The readers' side.</content>
public sealed partial class VectorIndex
{
    /// <summary>Finds the keys whose vectors are most similar to a query, exactly, as of the moment the search begins.</summary>
    /// <param name="query">d finite values of any length; not all zeros under <see cref="VectorMetric.Cosine"/>.</param>
    /// <param name="hits">Receives the best k = <c>hits.Length</c> keys, best first, equal scores by the lower key; at least 1 long.</param>
    /// <param name="filter">Which keys may be returned; by default all. A key beyond the end of a bitmap may not.</param>
    /// <param name="maxThreads">Most threads to use, at least 1. More than one are used only where the index is large enough to pay.</param>
    /// <returns>The number of hits written: the lesser of k and the number of keys that pass; 0 for an empty index.</returns>
    /// <exception cref="ArgumentException">The query has another length, holds NaN or infinity, or is all zeros under <see cref="VectorMetric.Cosine"/>; or <paramref name="hits"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxThreads"/> is less than 1.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Hit> hits, RowFilter filter = default, int maxThreads = 1)
    {
        ExactSearch.ThrowIfEmpty(hits);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        using MappedFile.Hold hold = HoldFile();
        IndexState state = Volatile.Read(ref _state);
        return Search(state, state.Stamp, query, hits, filter, maxThreads);
    }

    private int Search(IndexState state, long stamp, ReadOnlySpan<float> query, Span<Hit> hits, RowFilter filter, int maxThreads)
    {
        using var prepared = new PreparedQuery(query, Dimensions, Metric == VectorMetric.Cosine);
        if (Metric == VectorMetric.SquaredDistance)
            return ChunkScan.Search(prepared.Distance(), state, stamp, ScanTarget.Rows, hits, filter, maxThreads);
        if (_options.Coarse is not { } coarse)
            return Scan(prepared, _options.Format, state, stamp, ScanTarget.Rows, hits, filter, maxThreads);

        // The coarse scan names places, not keys: by the time of rescoring a key may have moved, a place cannot.
        int candidates = (int)Math.Min((long)hits.Length * _options.CandidatesPerHit, Math.Max(ChunkScan.Rows(state, stamp), 1));
        Hit[] scratch = TwoStageSearch.Rent(candidates);
        int found = Scan(prepared, coarse, state, stamp, ScanTarget.CoarsePlaces, scratch.AsSpan(0, candidates), filter, maxThreads);
        int kept = Rescore(prepared, state, scratch.AsSpan(0, found), hits);
        TwoStageSearch.Return(scratch);
        return kept;
    }

    private static int Scan(in PreparedQuery query, RowFormat format, IndexState state, long stamp, ScanTarget target, Span<Hit> hits, RowFilter filter, int maxThreads) =>
        format switch
        {
            RowFormat.Float32 => ChunkScan.Search(query.Float32(), state, stamp, target, hits, filter, maxThreads),
            RowFormat.Float16 => ChunkScan.Search(query.Float16(), state, stamp, target, hits, filter, maxThreads),
            RowFormat.BFloat16 => ChunkScan.Search(query.BFloat16(), state, stamp, target, hits, filter, maxThreads),
            RowFormat.Int8 => ChunkScan.Search(query.Int8(), state, stamp, target, hits, filter, maxThreads),
            RowFormat.Int4 => ChunkScan.Search(query.Int4(), state, stamp, target, hits, filter, maxThreads),
            _ => ChunkScan.Search(query.Sign(), state, stamp, target, hits, filter, maxThreads),
        };

    private int Rescore(in PreparedQuery query, IndexState state, ReadOnlySpan<Hit> candidates, Span<Hit> hits) =>
        _options.Format switch
        {
            RowFormat.Float32 => ChunkScan.Rescore(query.Float32(), state, candidates, hits),
            RowFormat.Float16 => ChunkScan.Rescore(query.Float16(), state, candidates, hits),
            RowFormat.BFloat16 => ChunkScan.Rescore(query.BFloat16(), state, candidates, hits),
            RowFormat.Int8 => ChunkScan.Rescore(query.Int8(), state, candidates, hits),
            RowFormat.Int4 => ChunkScan.Rescore(query.Int4(), state, candidates, hits),
            _ => ChunkScan.Rescore(query.Sign(), state, candidates, hits),
        };
}
