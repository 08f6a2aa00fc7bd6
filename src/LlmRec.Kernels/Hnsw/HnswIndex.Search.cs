namespace LlmRec.Kernels;

public sealed partial class HnswIndex
{
    /// <summary>The nearest rows to a query, as far as the graph finds them.</summary>
    /// <param name="query">d values.</param>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="breadth">How many candidates to keep, 1 to 100,000; 0 for <see cref="HnswOptions.SearchBreadth"/>. Never less than <paramref name="k"/> are kept.</param>
    /// <param name="filter">Which keys may be returned.</param>
    /// <returns>Up to <paramref name="k"/> keys with their scores, best first, of equal scores the lower key; fewer when there are fewer rows.</returns>
    /// <exception cref="ArgumentException">The query has another length, a value that is not finite, or no direction under <see cref="VectorMetric.Cosine"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> or <paramref name="breadth"/> is out of its range.</exception>
    public Hit[] Search(ReadOnlySpan<float> query, int k, int breadth = 0, RowFilter filter = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var hits = new Hit[Math.Min(k, Count)];
        int found = hits.Length == 0 ? 0 : Search(query, hits, breadth, filter);
        return found == hits.Length ? hits : hits[..found];
    }

    /// <summary>The nearest rows to a query, written to the caller's memory: a warm search allocates nothing.</summary>
    /// <param name="query">d values.</param>
    /// <param name="results">Room for k results, at least 1.</param>
    /// <param name="breadth">How many candidates to keep, 1 to 100,000; 0 for <see cref="HnswOptions.SearchBreadth"/>. Never less than k are kept.</param>
    /// <param name="filter">Which keys may be returned. A narrow filter is answered by an exact scan of what passes it.</param>
    /// <returns>Number of results written, best first, of equal scores the lower key.</returns>
    /// <exception cref="ArgumentException">The query has another length, a value that is not finite, or no direction under <see cref="VectorMetric.Cosine"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for a result, or <paramref name="breadth"/> is out of its range.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Hit> results, int breadth = 0, RowFilter filter = default) =>
        Search(query, results, breadth, filter, exactly: false);

    /// <summary>The nearest rows to a query by comparing it with every row: the answer a graph's recall is measured against. O(n·d).</summary>
    /// <param name="query">d values.</param>
    /// <param name="results">Room for k results, at least 1.</param>
    /// <param name="filter">Which keys may be returned.</param>
    /// <returns>Number of results written, best first, of equal scores the lower key.</returns>
    /// <exception cref="ArgumentException">The query has another length, a value that is not finite, or no direction under <see cref="VectorMetric.Cosine"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for a result.</exception>
    public int SearchExactly(ReadOnlySpan<float> query, Span<Hit> results, RowFilter filter = default) =>
        Search(query, results, 0, filter, exactly: true);

    private unsafe int Search(ReadOnlySpan<float> query, Span<Hit> results, int breadth, RowFilter filter, bool exactly)
    {
        ArgumentOutOfRangeException.ThrowIfZero(results.Length, nameof(results));
        ArgumentOutOfRangeException.ThrowIfNegative(breadth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(breadth, 100_000);
        HnswState state = Volatile.Read(ref _state);
        breadth = Math.Max(breadth == 0 ? Options.SearchBreadth : breadth, Math.Min(results.Length, state.Graph.Capacity));
        HnswScratch scratch = _scratches.Rent(state.Graph.Capacity, breadth, Math.Max(HnswSearch<Int8Space>.Block, state.Graph.M0), Columns);
        int found;
        try
        {
            var unit = new Span<float>(scratch.Query, Columns);
            Prepare(query, unit, "the query", nameof(query));
            if (state.Rows.Format == RowFormat.Float32)
            {
                Float32Space space = state.Rows.Float32Space;
                space.AimAt(scratch.Query);
                found = new HnswSearch<Float32Space>(state, scratch, space).Run(results, breadth, filter, exactly);
            }
            else
            {
                Int8Space space = state.Rows.Int8Space;
                space.AimAt(scratch.Query16, Widen(unit, scratch.Query16));
                found = new HnswSearch<Int8Space>(state, scratch, space).Run(results, breadth, filter, exactly);
            }
        }
        finally
        {
            _scratches.Return(scratch);
        }
        GC.KeepAlive(state);
        if (Options.Metric == VectorMetric.Cosine)
        {
            for (int i = 0; i < found; i++)
                results[i] = results[i] with { Score = Math.Clamp(results[i].Score, -1, 1) };
        }
        return found;
    }

    // Rounds the query to as many bits as a sum of int32 holds against int8 rows, 14 at most. Returns the worth of one unit.
    private unsafe float Widen(ReadOnlySpan<float> query, short* wide)
    {
        float most = 0;
        foreach (float x in query)
            most = Math.Max(most, Math.Abs(x));
        float range = Math.Min(8191, int.MaxValue / (127 * Columns)), scale = most / range, inverse = scale > 0 ? 1 / scale : 0;
        if (!float.IsFinite(inverse))
            (scale, inverse) = (0, 0);
        for (int j = 0; j < query.Length; j++)
            wide[j] = (short)Math.Clamp(MathF.Round(query[j] * inverse), -range, range);
        return scale;
    }
}
