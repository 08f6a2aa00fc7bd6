namespace LlmRec;

/// <summary>What the report's pictures need of one model beyond its metrics.</summary>
internal sealed class ModelPicture
{
    public ModelPicture(EvaluationWorld world, UserOutcome[] outcomes, int length)
    {
        NdcgByCutoff = new double[length];
        for (int k = 1; k <= length; k++) NdcgByCutoff[k - 1] = Mean(outcomes, u => RankingMetrics.Ndcg(u.Gains, u.RelevantGrades, k)) ?? 0;

        int[] exposure = new int[world.ItemCount];
        foreach (UserOutcome u in outcomes)
            foreach (int i in u.List) exposure[i]++;
        Coverage = ListMetrics.Coverage(exposure);
        Distance = world.HasDistances ? Mean(outcomes, u => ListMetrics.IntraListDistance(u.List, world.Distance)?.Mean) : null;

        double lists = 0, own = 0;
        int n = 0;
        foreach (UserOutcome u in outcomes)
        {
            if (ListMetrics.AveragePopularity(u.List, world.EventsOfItem) is not { } l || ListMetrics.AveragePopularity(u.HistoryItems, world.EventsOfItem) is not { } h) continue;
            lists += l;
            own += h;
            n++;
        }
        PopularityLift = own > 0 ? (lists - own) / own : null;

        if (world.ItemGroups is { } groups)
            ItemGroups = (world.ItemGroupNames,
                GroupMetrics.Exposure(outcomes.Select(u => u.List), groups, world.ItemGroupNames.Count, length),
                GroupMetrics.Share(outcomes.SelectMany(u => u.Relevant), groups, world.ItemGroupNames.Count));

        // Share of all exposure that the x most shown items have, at 50 places: how fast a few items take everything.
        Array.Sort(exposure, (a, b) => b.CompareTo(a));
        double all = exposure.Sum(x => (double)x), sum = 0;
        const int Places = 50;
        var concentration = new List<(double, double)> { (0, 0) };
        for (int i = 0, next = 1; i < exposure.Length && all > 0; i++)
        {
            sum += exposure[i];
            if ((i + 1) * (long)Places < (long)next * exposure.Length) continue;
            concentration.Add(((i + 1) / (double)exposure.Length, sum / all));
            while ((i + 1) * (long)Places >= (long)next * exposure.Length) next++;
        }
        Concentration = concentration;
    }

    public double[] NdcgByCutoff { get; }

    public double? Coverage { get; }

    /// <summary>Mean intra-list distance.</summary>
    public double? Distance { get; }

    /// <summary>Popularity of all lists over that of the histories, minus 1.</summary>
    public double? PopularityLift { get; }

    /// <summary>Of each group of items, the share of the attention and the share of what was wanted; null when nobody asked for groups.</summary>
    public (IReadOnlyList<string> Names, double[]? Exposure, double[]? Wanted)? ItemGroups { get; }

    /// <summary>Share of the items, most shown first, against their share of the exposure.</summary>
    public IReadOnlyList<(double X, double Y)> Concentration { get; }

    private static double? Mean(UserOutcome[] outcomes, Func<UserOutcome, double?> value)
    {
        double sum = 0;
        int n = 0;
        foreach (UserOutcome u in outcomes)
            if (value(u) is { } v)
            {
                sum += v;
                n++;
            }
        return n == 0 ? null : sum / n;
    }
}
