using System.Globalization;

namespace LlmRec;

internal sealed class TimeStep : CleaningStep
{
    private readonly DateTimeOffset? _from, _to;
    private readonly bool _keepWithout;

    public TimeStep(DateTimeOffset? from, DateTimeOffset? to, bool keepWithout)
    {
        if (from >= to) throw new ArgumentException($"the start {Show(from)} must be before the end {Show(to)}", nameof(from));
        (_from, _to, _keepWithout) = (from, to, keepWithout);
    }

    public override string ToString() => $"times from {Show(_from)} to {Show(_to)}";

    internal override int Apply(InteractionLog log, Span<int> positions, List<CleaningDrop> drops)
    {
        // A bound between two milliseconds means the later one, on both sides: times are whole milliseconds.
        long from = Ceiling(_from) ?? long.MinValue, to = Ceiling(_to) ?? long.MaxValue;
        int before = 0, after = 0, without = 0, n = 0;
        foreach (int p in positions)
        {
            long time = log.TimeAt(p);
            if (time == InteractionLog.NoTime)
            {
                if (_keepWithout) positions[n++] = p;
                else without++;
            }
            else if (time < from) before++;
            else if (time >= to) after++;
            else positions[n++] = p;
        }
        drops.Add(new($"before {Show(_from)}", before));
        drops.Add(new($"at or after {Show(_to)}", after));
        drops.Add(new("no time", without));
        return n;
    }

    private static long? Ceiling(DateTimeOffset? time) =>
        time is { } t ? t.ToUnixTimeMilliseconds() + (t.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1) : null;

    private static string Show(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture) ?? "any";
}
