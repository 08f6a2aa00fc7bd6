namespace LlmRec.Kernels;

/// <content>The readers' side.</content>
public sealed partial class VectorIndex
{
    /// <summary>Finds the keys whose vectors are most similar to a query, exactly, as of the moment the search begins.</summary>
    /// <param name="query">d finite values of any length; not all zeros under <see cref="Metric.Cosine"/>.</param>
    /// <param name="hits">Receives the best k = <c>hits.Length</c> keys, best first, equal scores by the lower key; at least 1 long.</param>
    /// <param name="filter">Which keys may be returned; by default all. A key beyond the end of a bitmap may not.</param>
    /// <param name="maxThreads">Most threads to use, at least 1. More than one are used only where the index is large enough to pay.</param>
    /// <returns>The number of hits written: the lesser of k and the number of keys that pass; 0 for an empty index.</returns>
    /// <exception cref="ArgumentException">The query has another length, holds NaN or infinity, or is all zeros under <see cref="Metric.Cosine"/>; or <paramref name="hits"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxThreads"/> is less than 1.</exception>
    public unsafe int Search(ReadOnlySpan<float> query, Span<Hit> hits, RowFilter filter = default, int maxThreads = 1)
    {
        ExactSearch.ThrowIfEmpty(hits);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        using var prepared = new PreparedQuery(query, Dimensions, _stride, _metric == Metric.Cosine);
        IndexState state = Volatile.Read(ref _state);
        float* q = prepared.Pointer;
        return _metric == Metric.SquaredDistance
            ? ChunkScan.Search(new SquaredDistanceScorer(null, _stride, q), state, hits, filter, maxThreads)
            : ChunkScan.Search(new DotScorer(null, _stride, q), state, hits, filter, maxThreads);
    }
}
