namespace LlmRec;

/// <summary>A metric's value for one model.</summary>
/// <param name="Value">The mean over the users for whom it is defined, or the value of all lists; <see langword="null"/> when it is defined for none.</param>
/// <param name="Low">Lower end of the bootstrap interval, or <see langword="null"/> where there is none (metrics of all lists together have none).</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="Users">Number of users for whom it is defined.</param>
public readonly record struct MetricValue(double? Value, double? Low, double? High, int Users);
