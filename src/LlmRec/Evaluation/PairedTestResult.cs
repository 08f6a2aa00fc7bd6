namespace LlmRec;

/// <summary>The outcome of a paired test.</summary>
/// <param name="Pairs">Users compared.</param>
/// <param name="MeanDifference">Mean of first − second.</param>
/// <param name="Statistic">t or W, or <see langword="null"/> where undefined.</param>
/// <param name="PValue">Two-sided p, or <see langword="null"/> where undefined.</param>
public sealed record PairedTestResult(int Pairs, double MeanDifference, double? Statistic, double? PValue)
{
    /// <summary>The standardised statistic of a normal approximation; <see langword="null"/> for other tests.</summary>
    public double? Z { get; init; }
}
