namespace LlmRec.Quality;

/// <summary>Processor time of this process over all its threads: what work costs on a machine that others use too.</summary>
internal readonly struct CpuWatch
{
    private readonly TimeSpan _start;

    private CpuWatch(TimeSpan start) => _start = start;

    public double Seconds => (Environment.CpuUsage.TotalTime - _start).TotalSeconds;

    public static CpuWatch Start() => new(Environment.CpuUsage.TotalTime);
}
