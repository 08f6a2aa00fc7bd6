namespace LlmRec.Perf;

/// <summary>Seconds a call took, over many calls.</summary>
/// <param name="Median">Median wall time.</param>
/// <param name="P10">Tenth percentile of wall time: the quiet moments of a shared machine.</param>
/// <param name="P90">Ninetieth percentile of wall time.</param>
/// <param name="Cpu">Median processor time of the whole process, all threads.</param>
/// <param name="Calls">Number of timed calls.</param>
internal readonly record struct Timing(double Median, double P10, double P90, double Cpu, int Calls);
