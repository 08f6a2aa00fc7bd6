namespace LlmRec;

/// <summary>One bin of a calibration error.</summary>
/// <param name="Count">Values in the bin.</param>
/// <param name="MeanPrediction">Mean probability, or <see langword="null"/> for an empty bin.</param>
/// <param name="MeanOutcome">Share of positives, or <see langword="null"/> for an empty bin.</param>
public readonly record struct CalibrationBin(int Count, double? MeanPrediction, double? MeanOutcome);
