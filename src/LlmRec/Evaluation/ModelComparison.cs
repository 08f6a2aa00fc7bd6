namespace LlmRec;

/// <summary>Two models on the same users.</summary>
/// <param name="First">The first model.</param>
/// <param name="Second">The second model.</param>
/// <param name="Metric">The metric compared.</param>
/// <param name="Users">Users for whom it is defined for both.</param>
/// <param name="Difference">Mean of first − second, or <see langword="null"/> without users.</param>
/// <param name="Low">Lower end of the paired bootstrap interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="StudentP">p of the paired t test, two-sided; <see langword="null"/> where undefined.</param>
/// <param name="WilcoxonP">p of Wilcoxon's signed-rank test, zeros ranked and dropped (Pratt), two-sided.</param>
public sealed record ModelComparison(string First, string Second, string Metric, int Users, double? Difference, double? Low, double? High, double? StudentP, double? WilcoxonP);
