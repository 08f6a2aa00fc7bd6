namespace LlmRec.Kernels;

/// <summary>How a <see cref="VectorIndex"/> is laid out.</summary>
public sealed record VectorIndexOptions
{
    /// <summary><see cref="VectorMetric.Cosine"/> (the default; rows are stored at unit length), <see cref="VectorMetric.InnerProduct"/> or <see cref="VectorMetric.SquaredDistance"/>.</summary>
    public VectorMetric Metric { get; init; } = VectorMetric.Cosine;

    /// <summary>How rows are kept; <see cref="RowFormat.Float32"/> by default. <see cref="VectorMetric.SquaredDistance"/> needs <see cref="RowFormat.Float32"/>.</summary>
    public RowFormat Format { get; init; }

    /// <summary>
    /// A second, smaller copy of every row that a search scans first, to rescore the best candidates with <see cref="Format"/>;
    /// <c>null</c> (the default) for exact search. <see cref="RowFormat.Int8"/> and <see cref="RowFormat.Int4"/> keep recall on any data.
    /// </summary>
    public RowFormat? Coarse { get; init; }

    /// <summary>Candidates the coarse scan hands on for each hit wanted, 1 to 1,000; 10 by default. Only used with <see cref="Coarse"/>.</summary>
    public int CandidatesPerHit { get; init; } = 10;

    /// <summary>Number of rows to make room for at once; 0 (the default) to grow from small. More rows always fit.</summary>
    public int Capacity { get; init; }
}
