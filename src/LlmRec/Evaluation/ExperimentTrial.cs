namespace LlmRec;

/// <summary>One choice of hyper-parameters, measured on the validation.</summary>
/// <param name="Split">Place of the split, from 0.</param>
/// <param name="Model">The recipe.</param>
/// <param name="Number">Number of the trial, from 0.</param>
/// <param name="Parameters">The values tried.</param>
/// <param name="Value">The first metric on the validation; <see langword="null"/> when the fit failed or the metric is undefined.</param>
/// <param name="Time">Time of fit and evaluation.</param>
/// <param name="Error">Why the fit failed, or <see langword="null"/>.</param>
/// <param name="FromJournal">Whether it was taken from an earlier run.</param>
public sealed record ExperimentTrial(int Split, string Model, int Number, IReadOnlyDictionary<string, double> Parameters, double? Value, TimeSpan Time, string? Error, bool FromJournal);
