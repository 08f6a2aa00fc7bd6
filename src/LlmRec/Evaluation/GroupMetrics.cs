namespace LlmRec;

/// <summary>Fairness between groups of items or of users.</summary>
/// <remarks>Undefined values are <see langword="null"/>. Pure functions, thread-safe.</remarks>
public static class GroupMetrics
{
    /// <summary>Share of the attention each group of items gets, over all lists, rank r weighing 1 / log2(r + 1); undefined when no item of any group is shown.</summary>
    /// <param name="lists">Lists of items, best first.</param>
    /// <param name="groupOf">Group of each item, from 0; −1 for none.</param>
    /// <param name="groups">Number of groups.</param>
    /// <param name="k">Cut-off, at least 1.</param>
    public static double[]? Exposure(IEnumerable<int[]> lists, IReadOnlyList<int> groupOf, int groups, int k)
    {
        ArgumentNullException.ThrowIfNull(lists);
        ArgumentNullException.ThrowIfNull(groupOf);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        double[] share = new double[groups];
        foreach (int[] list in lists)
            for (int r = 0; r < Math.Min(k, list.Length); r++)
                if (groupOf[list[r]] is var g and >= 0) share[g] += RankingMetrics.Discount(r + 1);
        return Scaled(share);
    }

    /// <summary>Share of each group among given items, such as the relevant ones; undefined when none has a group.</summary>
    /// <param name="items">Items, repeated as often as they count.</param>
    /// <param name="groupOf">Group of each item, from 0; −1 for none.</param>
    /// <param name="groups">Number of groups.</param>
    public static double[]? Share(IEnumerable<int> items, IReadOnlyList<int> groupOf, int groups)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(groupOf);
        double[] share = new double[groups];
        foreach (int i in items)
            if (groupOf[i] is var g and >= 0) share[g]++;
        return Scaled(share);
    }

    /// <summary>Kullback–Leibler divergence Σ p ln(p / q) in nats; undefined where q lacks what p has.</summary>
    /// <param name="p">Shares.</param>
    /// <param name="q">Shares, of the same length.</param>
    public static double? KlDivergence(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (!(p[i] > 0)) continue;
            if (!(q[i] > 0)) return null;
            sum += p[i] * Math.Log(p[i] / q[i]);
        }
        return sum;
    }

    /// <summary>Hellinger distance ‖√p − √q‖₂ / √2: 0 = equal, 1 = nothing in common.</summary>
    /// <param name="p">Shares.</param>
    /// <param name="q">Shares, of the same length.</param>
    public static double Hellinger(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            double d = Math.Sqrt(p[i]) - Math.Sqrt(q[i]);
            sum += d * d;
        }
        return Math.Sqrt(sum / 2);
    }

    /// <summary>How much more popular a group's lists are than its histories: (mean of the lists − mean of the histories) / the latter; undefined without users or for histories of popularity 0.</summary>
    /// <param name="ofLists">A user's mean popularity of the list.</param>
    /// <param name="ofHistories">The same user's mean popularity of the history.</param>
    public static double? PopularityLift(ReadOnlySpan<double> ofLists, ReadOnlySpan<double> ofHistories)
    {
        if (ofLists.Length == 0 || ofLists.Length != ofHistories.Length) return null;
        double lists = 0, histories = 0;
        foreach (double x in ofLists) lists += x;
        foreach (double x in ofHistories) histories += x;
        return histories > 0 ? (lists / ofLists.Length - histories / ofHistories.Length) / (histories / ofHistories.Length) : null;
    }

    private static double[]? Scaled(double[] share)
    {
        double sum = share.Sum();
        if (!(sum > 0)) return null;
        for (int g = 0; g < share.Length; g++) share[g] /= sum;
        return share;
    }
}
