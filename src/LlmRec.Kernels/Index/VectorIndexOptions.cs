namespace LlmRec.Kernels;

/// <summary>How a <see cref="VectorIndex"/> is laid out.</summary>
public sealed record VectorIndexOptions
{
    /// <summary><see cref="Metric.Cosine"/> (the default; rows are stored at unit length), <see cref="Metric.InnerProduct"/> or <see cref="Metric.SquaredDistance"/>.</summary>
    public Metric Metric { get; init; } = Metric.Cosine;

    /// <summary>Number of rows to make room for at once; 0 (the default) to grow from small. More rows always fit.</summary>
    public int Capacity { get; init; }
}
