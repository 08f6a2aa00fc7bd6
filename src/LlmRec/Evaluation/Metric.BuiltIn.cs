namespace LlmRec;

public sealed partial class Metric
{
    /// <summary>What a first look needs: NDCG, hit rate, MRR, catalog coverage, intra-list diversity and novelty at k.</summary>
    public static IReadOnlyList<Metric> Defaults(int k) => [Ndcg(k), HitRate(k), Mrr(k), Coverage(k), IntraListDistance(k), Novelty(k)];

    /// <summary>Everything that is built in, at k.</summary>
    public static IReadOnlyList<Metric> All(int k) =>
    [
        Ndcg(k), HitRate(k), Mrr(k), Map(k), Precision(k), Recall(k), Auc(),
        Coverage(k), Gini(k), Entropy(k), Novelty(k), Serendipity(k), IntraListDistance(k), IntraListMinimum(k),
        CategoryEntropy(k), CalibrationKl(k), AveragePopularity(k), PopularityLift(k),
    ];

    /// <summary>Normalised discounted cumulative gain, 1 / log2(rank + 1) over the best achievable.</summary>
    public static Metric Ndcg(int k, GainKind gain = GainKind.Binary) =>
        User(gain switch { GainKind.Linear => "NDCGlin", GainKind.Exponential => "NDCGexp", _ => "NDCG" }, k, true, "discounted gain over the best achievable", u => RankingMetrics.Ndcg(u.Gains, u.RelevantGrades, k, gain));

    /// <summary>Share of users with a relevant item among the first k.</summary>
    public static Metric HitRate(int k) => User("HR", k, true, "share of users with a hit", u => RankingMetrics.HitRate(u.Gains, u.RelevantCount, k));

    /// <summary>Mean of 1 / rank of the first hit, 0 without one.</summary>
    public static Metric Mrr(int k) => User("MRR", k, true, "1 / rank of the first hit", u => RankingMetrics.ReciprocalRank(u.Gains, u.RelevantCount, k));

    /// <summary>Average precision, divided by the number of relevant items.</summary>
    public static Metric Map(int k) => User("MAP", k, true, "average precision over the relevant items", u => RankingMetrics.AveragePrecision(u.Gains, u.RelevantCount, k));

    /// <summary>Hits / k.</summary>
    public static Metric Precision(int k) => User("Precision", k, true, "hits / k", u => RankingMetrics.Precision(u.Gains, u.RelevantCount, k));

    /// <summary>Hits / number of relevant items.</summary>
    public static Metric Recall(int k) => User("Recall", k, true, "hits / relevant items", u => RankingMetrics.Recall(u.Gains, u.RelevantCount, k));

    /// <summary>Share of (relevant, other candidate) pairs in the right order over all candidates; undefined for models that only give lists.</summary>
    public static Metric Auc() => new("AUC", 0, true, "pairs of relevant and other candidates in order, over all candidates") { OfUser = u => u.Auc, NeedsAuc = true };

    /// <summary>Share of all items that are in at least one list.</summary>
    public static Metric Coverage(int k) => Lists("Coverage", k, true, "share of the items shown to anybody", (w, u) => ListMetrics.Coverage(Exposure(w, u, k)));

    /// <summary>Inequality of exposure over all items: 0 = all alike, towards 1 = few items take all.</summary>
    public static Metric Gini(int k) => Lists("Gini", k, false, "inequality of exposure", (w, u) => ListMetrics.Gini(Exposure(w, u, k)));

    /// <summary>Entropy of exposure divided by that of even exposure.</summary>
    public static Metric Entropy(int k) => Lists("Entropy", k, true, "entropy of exposure, 1 = even", (w, u) => ListMetrics.NormalisedEntropy(Exposure(w, u, k)));

    /// <summary>Mean of −log2 of the share of training users who had the item.</summary>
    public static Metric Novelty(int k) => User("Novelty", k, null, "mean −log2 of the share of users who had the item", u => ListMetrics.Novelty(Cut(u, k), u.World.UsersOfItem, u.World.TrainUsers));

    /// <summary>Hits that popularity would not have placed as high (RecTools' definition).</summary>
    public static Metric Serendipity(int k) => User("Serendipity", k, true, "hits above their place by popularity", u => ListMetrics.Serendipity(Cut(u, k), u.Gains, u.World.PopularityRank));

    /// <summary>Mean cosine distance over the pairs of a list.</summary>
    public static Metric IntraListDistance(int k) => User("ILD", k, true, "mean distance inside a list", u => u.World.HasDistances ? ListMetrics.IntraListDistance(Cut(u, k), u.World.Distance)?.Mean : null);

    /// <summary>Smallest cosine distance within a list.</summary>
    public static Metric IntraListMinimum(int k) => User("ILDmin", k, true, "smallest distance inside a list", u => u.World.HasDistances ? ListMetrics.IntraListDistance(Cut(u, k), u.World.Distance)?.Minimum : null);

    /// <summary>Entropy in nats of the categories of a list.</summary>
    public static Metric CategoryEntropy(int k) => User("CatEntropy", k, true, "entropy of a list's categories, nats", u => Categories(u, Cut(u, k)) is { } q ? ListMetrics.Entropy(q) : null);

    /// <summary>How far a list's categories are from those of the user's history (Steck 2018): 0 = the same.</summary>
    public static Metric CalibrationKl(int k) => User("CalibKL", k, false, "divergence of the list's categories from the history's", u => Categories(u, u.HistoryItems) is { } p && Categories(u, Cut(u, k)) is { } q ? ListMetrics.CalibrationKl(p, q) : null);

    /// <summary>Mean training count of the list's items.</summary>
    public static Metric AveragePopularity(int k) => User("ARP", k, null, "mean training count of the items shown", u => ListMetrics.AveragePopularity(Cut(u, k), u.World.EventsOfItem));

    /// <summary>How much more popular the list is than the user's history, relative to it.</summary>
    public static Metric PopularityLift(int k) => User("PopLift", k, null, "popularity of the list over that of the history, minus 1", u =>
        ListMetrics.AveragePopularity(Cut(u, k), u.World.EventsOfItem) is { } list && ListMetrics.AveragePopularity(u.HistoryItems, u.World.EventsOfItem) is { } own && own > 0 ? (list - own) / own : null);

    /// <summary>Divergence of the item groups' exposure from their share of the relevant items, KL(relevant ‖ exposure) in nats; needs <see cref="EvaluationOptions.ItemGroup"/>.</summary>
    public static Metric GroupExposureKl(int k) => Lists("GroupKL", k, false, "divergence of item groups' exposure from their share of what was wanted", (w, u) =>
        GroupShares(w, u, k) is var (exposure, wanted) ? GroupMetrics.KlDivergence(wanted, exposure) : null);

    /// <summary>Hellinger distance of the item groups' exposure from their share of the relevant items; needs <see cref="EvaluationOptions.ItemGroup"/>.</summary>
    public static Metric GroupExposureHellinger(int k) => Lists("GroupHellinger", k, false, "distance of item groups' exposure from their share of what was wanted", (w, u) =>
        GroupShares(w, u, k) is var (exposure, wanted) ? GroupMetrics.Hellinger(wanted, exposure) : null);

    /// <summary>Largest minus smallest mean of a metric over the user groups; needs <see cref="EvaluationOptions.UserGroup"/>. Never below 0, and biased upwards for small groups.</summary>
    /// <param name="metric">A metric of users.</param>
    /// <exception cref="ArgumentException">The metric is one of all lists together.</exception>
    public static Metric UserGroupGap(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.OfUser is not { } value) throw new ArgumentException($"'{metric.Name}' has no value a user", nameof(metric));
        return new("Gap " + metric.Name, metric.Cutoff, false, $"largest minus smallest {metric.Name} over the user groups")
        {
            NeedsAuc = metric.NeedsAuc,
            OfAll = (world, users) =>
            {
                if (world.UserGroups is not { } groups) return null;
                double[] means = [.. users.Where(u => groups[u.UserNumber] >= 0).GroupBy(u => groups[u.UserNumber]).Select(g => g.Select(value).Average()).OfType<double>()];
                return means.Length < 2 ? null : means.Max() - means.Min();
            },
        };
    }

    private static (double[] Exposure, double[] Wanted)? GroupShares(EvaluationWorld world, IReadOnlyList<UserOutcome> users, int k) =>
        world.ItemGroups is { } groups
        && GroupMetrics.Exposure(users.Select(u => u.List), groups, world.ItemGroupNames.Count, k) is { } exposure
        && GroupMetrics.Share(users.SelectMany(u => u.Relevant), groups, world.ItemGroupNames.Count) is { } wanted ? (exposure, wanted) : null;

    private static Metric User(string name, int k, bool? higher, string description, Func<UserOutcome, double?> value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return new($"{name}@{k}", k, higher, description) { OfUser = value };
    }

    private static Metric Lists(string name, int k, bool? higher, string description, Func<EvaluationWorld, IReadOnlyList<UserOutcome>, double?> value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return new($"{name}@{k}", k, higher, description) { OfAll = value };
    }

    private static ReadOnlySpan<int> Cut(UserOutcome u, int k) => u.List.AsSpan(0, Math.Min(k, u.List.Length));

    private static int[] Exposure(EvaluationWorld world, IReadOnlyList<UserOutcome> users, int k)
    {
        int[] counts = new int[world.ItemCount];
        foreach (UserOutcome u in users)
            foreach (int i in Cut(u, k)) counts[i]++;
        return counts;
    }

    /// <summary>Share of each category, an item's weight split evenly over its categories; items without one are left out. Null when none is left.</summary>
    private static double[]? Categories(UserOutcome u, ReadOnlySpan<int> items)
    {
        if (!u.World.HasCategories) return null;
        double[] share = new double[u.World.CategoryNames.Count];
        int n = 0;
        foreach (int i in items)
        {
            ReadOnlySpan<int> categories = u.World.CategoriesOf(i);
            if (categories.Length == 0) continue;
            n++;
            foreach (int c in categories) share[c] += 1.0 / categories.Length;
        }
        if (n == 0) return null;
        for (int c = 0; c < share.Length; c++) share[c] /= n;
        return share;
    }
}
