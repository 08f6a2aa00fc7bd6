namespace LlmRec.Kernels;

/// <summary>
/// A query checked, padded with zeros to the stride of the rows, on a 64-byte boundary, in the calling thread's scratch. Rented
/// for one search: a search inside another's predicate gets a scratch of its own.
/// </summary>
internal readonly unsafe ref struct PreparedQuery
{
    [ThreadStatic]
    private static AlignedBuffer<float>? t_spare;

    private readonly AlignedBuffer<float> _buffer;

    /// <summary>Checks and copies a query.</summary>
    /// <param name="query">The caller's d values.</param>
    /// <param name="d">Columns of the rows.</param>
    /// <param name="stride">Padded columns.</param>
    /// <param name="toUnitLength">Divide by the length, for a cosine.</param>
    public PreparedQuery(ReadOnlySpan<float> query, int d, int stride, bool toUnitLength)
    {
        if (query.Length != d)
            throw new ArgumentException($"the query has {query.Length} values, the rows have {d}", nameof(query));
        Similarity.ThrowIfNotFinite(query, nameof(query));
        _buffer = t_spare is { } spare && spare.Length >= stride ? spare : new AlignedBuffer<float>(stride);
        t_spare = null;
        Span<float> target = _buffer.Span[..stride];
        target[d..].Clear();
        if (!toUnitLength)
            query.CopyTo(target);
        else if (Similarity.Normalize(query, target[..d]) == 0)
            throw new ArgumentException("the query is all zeros, which has no direction and so no cosine", nameof(query));
    }

    /// <summary>stride values, valid until <see cref="Dispose"/>.</summary>
    public float* Pointer => _buffer.Pointer;

    /// <summary>Gives the scratch back to the thread.</summary>
    public void Dispose() => t_spare = _buffer;
}
