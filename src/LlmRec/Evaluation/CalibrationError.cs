namespace LlmRec;

/// <summary>How far probabilities are from the share of positives.</summary>
/// <param name="Expected">Σ over bins of the bin's share of values times its gap.</param>
/// <param name="Maximum">The largest gap.</param>
/// <param name="Bins">The bins, in ascending order of probability.</param>
public sealed record CalibrationError(double Expected, double Maximum, IReadOnlyList<CalibrationBin> Bins);
