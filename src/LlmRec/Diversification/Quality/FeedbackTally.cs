namespace LlmRec;

/// <summary>Events for and against each item.</summary>
internal static class FeedbackTally
{
    public static Dictionary<string, (int For, int Against)> Count(InteractionLog? log)
    {
        var tally = new Dictionary<string, (int For, int Against)>(StringComparer.Ordinal);
        if (log is null)
            return tally;
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        foreach (Interaction e in log)
        {
            if (e.Kind != InteractionKind.Rating || e.Value is not { } v)
                continue;
            least = MathF.Min(least, v);
            most = MathF.Max(most, v);
        }
        foreach (Interaction e in log)
        {
            bool against = e.Kind.IsNegative() || (e.Kind == InteractionKind.Rating && e.Value < (least + most) / 2);
            (int up, int down) = tally.GetValueOrDefault(e.Item);
            tally[e.Item] = against ? (up, down + 1) : (up + 1, down);
        }
        return tally;
    }

    /// <summary>Wilson's lower bound of a share at 95 %: with few events it stays near 0.</summary>
    public static double LeastShare(int hits, int n)
    {
        if (n == 0)
            return 0;
        const double z = 1.96;
        double p = (double)hits / n;
        return (p + z * z / (2 * n) - z * Math.Sqrt(p * (1 - p) / n + z * z / (4.0 * n * n))) / (1 + z * z / n);
    }
}
