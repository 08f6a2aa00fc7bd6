using System.Diagnostics;

namespace LlmRec.Perf;

/// <summary>Repeats a piece of work until the time is up and reports median and spread.</summary>
internal static class Stopwatcher
{
    /// <summary>Code is compiled quickly, then with counters, then well; half a second into the work that may still go on.</summary>
    private const double Settling = 1;

    /// <summary>
    /// Warms up (at least three calls, a second and a fifth of the time, so that tiered compilation has settled), then times single calls.
    /// Make a call last at least some 50 µs: put a loop into it otherwise.
    /// </summary>
    /// <param name="work">The work; its result must be kept somewhere the compiler cannot discard it.</param>
    /// <param name="seconds">Seconds of timed repetition.</param>
    /// <param name="least">Least number of timed calls, whatever the time.</param>
    public static Timing Time(Action work, double seconds, int least = 5)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < Math.Max(Settling, seconds / 5); i++)
        {
            work();
            if (i >= 1 && Stopwatch.GetElapsedTime(start).TotalSeconds > Math.Max(Settling, seconds))
                break;
        }

        var wall = new List<double>();
        var cpu = new List<double>();
        start = Stopwatch.GetTimestamp();
        while (wall.Count < least || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long t = Stopwatch.GetTimestamp();
            work();
            wall.Add(Stopwatch.GetElapsedTime(t).TotalSeconds);
            cpu.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }
        wall.Sort();
        cpu.Sort();
        return new(wall[wall.Count / 2], wall[wall.Count / 10], wall[wall.Count * 9 / 10], cpu[cpu.Count / 2], wall.Count);
    }

    /// <summary>Times one call that is too long to repeat, such as the building of an index.</summary>
    public static Timing TimeOnce(Action work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long t = Stopwatch.GetTimestamp();
        work();
        double wall = Stopwatch.GetElapsedTime(t).TotalSeconds;
        return new(wall, wall, wall, (Environment.CpuUsage.TotalTime - before).TotalSeconds, 1);
    }
}
