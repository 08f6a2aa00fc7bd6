using System.Text.Json;

namespace LlmRec.Tests.Evaluation;

/// <summary>Every value of the golden folder of metrics, user by user.</summary>
[TestFixture]
public sealed class MetricsGoldenTests
{
    private const int Users = 300, Items = 400;
    private static readonly int[] Cutoffs = [1, 5, 10, 20, 50];

    private Dictionary<string, double[]> _golden = [];
    private JsonElement _inputs, _aggregates, _averages, _libraries;
    private int[][] _a = [], _b = [], _relevant = [], _train = [], _categories = [];
    private Dictionary<int, double>[] _grades = [];
    private int[] _group = [], _counts = [];
    private double[][] _vectors = [];

    [OneTimeSetUp]
    public void Load()
    {
        _golden = Golden.Doubles("golden/metrics/per_user.safetensors");
        _inputs = Golden.Json("golden/metrics/inputs.json");
        JsonElement means = Golden.Json("golden/metrics/means.json");
        (_aggregates, _averages) = (means.GetProperty("aggregates"), means.GetProperty("averages"));
        _libraries = Golden.Json("golden/metrics/libraries.json").GetProperty("checks");
        JsonElement[] users = [.. _inputs.GetProperty("users").EnumerateArray()];
        _a = [.. users.Select(u => Ints(u.GetProperty("a")))];
        _b = [.. users.Select(u => Ints(u.GetProperty("b")))];
        _grades = [.. users.Select(u => u.GetProperty("relevant").EnumerateArray().ToDictionary(p => p[0].GetInt32(), p => p[1].GetDouble()))];
        _relevant = [.. _grades.Select(g => g.Keys.Order().ToArray())];
        _train = [.. _inputs.GetProperty("train").EnumerateArray().Select(Ints)];
        _categories = [.. _inputs.GetProperty("categories").EnumerateArray().Select(Ints)];
        _group = Ints(_inputs.GetProperty("group"));
        _counts = new int[Items];
        foreach (int i in _train.SelectMany(t => t)) _counts[i]++;
        double[] flat = _golden["item_vectors"];
        _vectors = [.. Enumerable.Range(0, Items).Select(i => flat[(i * 8)..(i * 8 + 8)])];
    }

    private static int[] Ints(JsonElement e) => [.. e.EnumerateArray().Select(x => x.GetInt32())];

    private static double[] Numbers(JsonElement e) => [.. e.EnumerateArray().Select(x => x.GetDouble())];

    private double[] Gains(int[] list, int user) => [.. list.Select(i => _grades[user].GetValueOrDefault(i))];

    private double[] RelevantGrades(int user) => [.. _relevant[user].Select(i => _grades[user][i])];

    private static int[] Cut(int[] list, int k) => list[..Math.Min(k, list.Length)];

    private void Matches(string name, Func<int, double?> value)
    {
        double[] golden = _golden[name];
        for (int u = 0; u < golden.Length; u++)
        {
            double? ours = value(u);
            if (double.IsNaN(golden[u]) ? ours is not null : !(Math.Abs((ours ?? double.NaN) - golden[u]) <= 1e-12))
                Assert.Fail($"{name}, user {u}: {ours?.ToString() ?? "undefined"} instead of {golden[u]}");
        }
        double[] defined = [.. golden.Where(g => !double.IsNaN(g))];
        JsonElement average = _averages.GetProperty(name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Enumerable.Range(0, golden.Length).Count(u => value(u) is not null), Is.EqualTo(average.GetProperty("defined").GetInt32()));
            Assert.That(Enumerable.Range(0, golden.Length).Average(value), Is.EqualTo(average.GetProperty("mean_of_defined").GetDouble()).Within(1e-12), name);
            Assert.That(Enumerable.Range(0, golden.Length).Average(u => value(u) ?? 0), Is.EqualTo(average.GetProperty("mean_undefined_as_zero").GetDouble()).Within(1e-12), name);
            // what the libraries themselves say under their own names
            foreach (JsonProperty check in _libraries.EnumerateObject())
                if (check.Value.GetProperty("same_as").GetString() == name && check.Value.TryGetProperty("library_mean", out JsonElement mean))
                    Assert.That(Enumerable.Range(0, golden.Length).Average(value), Is.EqualTo(mean.GetDouble()).Within(1e-12), check.Name);
        }
    }

    private double Aggregate(string name) => _aggregates.GetProperty(name).GetDouble();

    [Test]
    public void Accuracy_MatchesTheGoldenValues([ValueSource(nameof(Cutoffs))] int k)
    {
        void Check(string name, Func<double[], int, int, double?> metric) => Matches($"{name}@{k}", u => metric(Gains(_a[u], u), _relevant[u].Length, k));
        void Ndcg(string name, GainKind gain, DiscountKind discount = DiscountKind.Log2, bool full = false) =>
            Matches($"{name}@{k}", u => RankingMetrics.Ndcg(Gains(_a[u], u), RelevantGrades(u), k, gain, discount, full));

        Check("hr", (g, r, c) => RankingMetrics.HitRate(g, r, c));
        Check("precision.k", (g, r, c) => RankingMetrics.Precision(g, r, c));
        Check("precision.returned", (g, r, c) => RankingMetrics.PrecisionOfReturned(g, r, c));
        Check("recall.relevant", (g, r, c) => RankingMetrics.Recall(g, r, c));
        Check("recall.min_k_relevant", (g, r, c) => RankingMetrics.RecallOfAchievable(g, r, c));
        Check("f1", (g, r, c) => RankingMetrics.F1(g, r, c));
        Check("mrr", (g, r, c) => RankingMetrics.ReciprocalRank(g, r, c));
        Check("ap.relevant", (g, r, c) => RankingMetrics.AveragePrecision(g, r, c));
        Check("ap.min_k_relevant", (g, r, c) => RankingMetrics.AveragePrecision(g, r, c, AveragePrecisionDivisor.Achievable));
        Check("ap.k", (g, r, c) => RankingMetrics.AveragePrecision(g, r, c, AveragePrecisionDivisor.Cutoff));
        Check("ap.min_returned_relevant", (g, r, c) => RankingMetrics.AveragePrecision(g, r, c, AveragePrecisionDivisor.ReturnedAndRelevant));
        Check("err", (g, r, c) => RankingMetrics.ExpectedReciprocalRank(g, r, c, 4));
        Ndcg("ndcg.binary", GainKind.Binary);
        Ndcg("ndcg.binary.ideal_all_k", GainKind.Binary, full: true);
        Ndcg("ndcg.binary.clipped_log", GainKind.Binary, DiscountKind.Log2Clipped);
        Ndcg("ndcg.graded.linear", GainKind.Linear);
        Ndcg("ndcg.graded.linear.clipped_log", GainKind.Linear, DiscountKind.Log2Clipped);
        Ndcg("ndcg.graded.exponential", GainKind.Exponential);
    }

    [Test]
    public void LibrarySpecialities_MatchTheGoldenValues()
    {
        foreach (int k in (int[])[5, 10])
        {
            Matches($"rectools.PartialAUC@{k}", u => RankingMetrics.PartialAuc(Gains(_a[u], u), _relevant[u].Length, k));
            Matches($"rectools.PAP@{k}", u => RankingMetrics.PartialAucOfAchievable(Gains(_a[u], u), _relevant[u].Length, k));
        }
        Matches("lenskit.RBP.p0.85@10", u => RankingMetrics.RankBiasedPrecision(Gains(_a[u], u), _relevant[u].Length, 10));
        Matches("system_b.ndcg.binary@10", u => RankingMetrics.Ndcg(Gains(_b[u], u), RelevantGrades(u), 10));
        Matches("system_b.recall.relevant@10", u => RankingMetrics.Recall(Gains(_b[u], u), _relevant[u].Length, 10));
    }

    [Test]
    public void BeyondAccuracy_MatchesTheGoldenValues([ValueSource(nameof(Cutoffs))] int k)
    {
        int[] distinct = [.. _counts.Where(c => c > 0).Distinct().OrderDescending()];
        int[] popularityRank = [.. _counts.Select(c => Array.IndexOf(distinct, c) + 1)];
        int total = _counts.Sum();
        int[] usersOfItem = new int[Items];
        foreach (int i in _train.SelectMany(t => t.Distinct())) usersOfItem[i]++;

        Matches($"miuf@{k}", u => ListMetrics.Novelty(Cut(_a[u], k), usersOfItem, _train.Length));
        Matches($"serendipity@{k}", u => ListMetrics.Serendipity(Cut(_a[u], k), Gains(_a[u], u), popularityRank));
        Matches($"ild.mean@{k}", u => ListMetrics.IntraListDistance(Cut(_a[u], k), Distance)?.Mean);
        Matches($"ild.min@{k}", u => ListMetrics.IntraListDistance(Cut(_a[u], k), Distance)?.Minimum);
        Matches($"arp@{k}", u => ListMetrics.AveragePopularity(Cut(_a[u], k), _counts));
        Matches($"arp.normalised@{k}", u => ListMetrics.AveragePopularity(Cut(_a[u], k), _counts) / total);
        Matches($"popularity_lift@{k}", u => ListMetrics.AveragePopularity(Cut(_a[u], k), _counts) is { } l && ListMetrics.AveragePopularity(_train[u], _counts) is { } own ? (l - own) / own : null);
        Matches($"category_entropy.nats@{k}", u => Shares(Cut(_a[u], k)) is { } q ? ListMetrics.Entropy(q) : null);
        Matches($"calibration_kl@{k}", u => Shares(Cut(_a[u], k)) is { } q ? ListMetrics.CalibrationKl(Shares(_train[u])!, q) : null);

        int[] exposure = new int[Items];
        foreach (int i in _a.SelectMany(l => Cut(l, k))) exposure[i]++;
        double[] lists = GroupMetrics.Exposure(_a, _group, 3, k)!, target = GroupMetrics.Share(_relevant.SelectMany(r => r), _group, 3)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ListMetrics.CoverageCount(exposure), Is.EqualTo((int)Aggregate($"coverage.count@{k}")));
            Assert.That(ListMetrics.Coverage(exposure), Is.EqualTo(Aggregate($"coverage.share@{k}")).Within(1e-12));
            Assert.That(ListMetrics.Gini(exposure), Is.EqualTo(Aggregate($"gini@{k}")).Within(1e-12));
            Assert.That(ListMetrics.Entropy([.. exposure.Select(x => (double)x)]), Is.EqualTo(Aggregate($"entropy.nats@{k}")).Within(1e-12));
            Assert.That(ListMetrics.NormalisedEntropy(exposure), Is.EqualTo(Aggregate($"entropy.normalised@{k}")).Within(1e-12));
            Assert.That(lists, Is.EqualTo(Numbers(_aggregates.GetProperty($"group_exposure@{k}"))).Within(1e-12));
            Assert.That(target, Is.EqualTo(Numbers(_aggregates.GetProperty("group_target"))).Within(1e-12));
            Assert.That(GroupMetrics.KlDivergence(target, lists), Is.EqualTo(Aggregate($"group_kl.target_to_exposure@{k}")).Within(1e-12));
            Assert.That(GroupMetrics.Hellinger(target, lists), Is.EqualTo(Aggregate($"group_hellinger@{k}")).Within(1e-12));
        }
    }

    [Test]
    public void Subtopics_MatchTheGoldenValues([ValueSource(nameof(Cutoffs))] int k)
    {
        int[] all = [.. Enumerable.Range(0, Items)];
        IReadOnlyList<int> Of(int i) => _categories[i];
        int[] AsStrings(int u) => [.. _relevant[u].OrderByDescending(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal)];
        Matches($"alpha_ndcg@{k}", u => SubtopicMetrics.AlphaNdcg(_a[u], _relevant[u], Of, k));
        Matches($"alpha_ndcg.ndeval_ties@{k}", u => SubtopicMetrics.AlphaNdcg(_a[u], AsStrings(u), Of, k));
        Matches($"alpha_ndcg.all_items@{k}", u => _a[u].Length == 0 ? null : SubtopicMetrics.AlphaNdcg(_a[u], all, Of, k));
        Matches($"err_ia@{k}", u => SubtopicMetrics.IntentAwareErr(_a[u], _relevant[u], Of, k));
        Matches($"err_ia.ndeval_scale@{k}", u => SubtopicMetrics.IntentAwareErr(_a[u], _relevant[u], Of, k) * SubtopicMetrics.NdevalErrScale(k));
        Matches($"subtopic_recall@{k}", u => SubtopicMetrics.SubtopicRecall(_a[u], _relevant[u], Of, k));
        if (k is 5 or 10 or 20)
            Matches($"ndeval.nERR-IA@{k}", u => SubtopicMetrics.NormalisedIntentAwareErr(_a[u], AsStrings(u), Of, k));
    }

    [Test]
    public void RankComparison_MatchesTheGoldenValues()
    {
        Matches("rbo.truncated.p0.85@10", u => RankComparison.RankBiasedOverlapTruncated(_a[u], _b[u], 10));
        Matches("rbo.extrapolated.p0.9", u => RankComparison.RankBiasedOverlap(_a[u], _b[u]));
        Matches("kendall_tau.common_items", u => RankComparison.KendallTau(_a[u], _b[u]));
        Matches("spearman.common_items", u => RankComparison.Spearman(_a[u], _b[u]));
    }

    [Test]
    public void Impressions_MatchTheGoldenValues()
    {
        JsonElement[] lists = [.. _inputs.GetProperty("impressions").EnumerateArray()];
        bool[][] labels = [.. lists.Select(l => Ints(l.GetProperty("labels")).Select(y => y == 1).ToArray())];
        double[][] scores = [.. lists.Select(l => Numbers(l.GetProperty("scores")))];
        double?[] aucs = [.. labels.Zip(scores, (y, s) => ClassificationMetrics.Auc(y, s))];
        Matches("auc.per_impression_list", i => aucs[i]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(aucs.Average(), Is.EqualTo(Aggregate("auc.mean_of_lists")).Within(1e-12));
            Assert.That(ClassificationMetrics.Auc([.. labels.SelectMany(x => x)], [.. scores.SelectMany(x => x)]), Is.EqualTo(Aggregate("auc.global")).Within(1e-12));
            Assert.That(ClassificationMetrics.WeightedAuc(aucs, [.. labels.Select(y => (double)y.Length)]), Is.EqualTo(Aggregate("gauc.weight_impressions")).Within(1e-12));
            Assert.That(ClassificationMetrics.WeightedAuc(aucs, [.. labels.Select(y => (double)y.Count(x => x))]), Is.EqualTo(Aggregate("gauc.weight_clicks")).Within(1e-12));
        }
    }

    [Test]
    public void Ratings_MatchTheGoldenValues()
    {
        JsonElement r = _inputs.GetProperty("ratings");
        int[] users = Ints(r.GetProperty("user"));
        double[] truth = Numbers(r.GetProperty("truth")), predicted = Numbers(r.GetProperty("predicted"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(RatingMetrics.Rmse(predicted, truth), Is.EqualTo(Aggregate("rmse.global")).Within(1e-12));
            Assert.That(RatingMetrics.Mae(predicted, truth), Is.EqualTo(Aggregate("mae.global")).Within(1e-12));
            Assert.That(RatingMetrics.MeanOfUsers(users, predicted, truth, (p, t) => RatingMetrics.Rmse(p, t)), Is.EqualTo(Aggregate("rmse.mean_of_users")).Within(1e-12));
            Assert.That(RatingMetrics.MeanOfUsers(users, predicted, truth, (p, t) => RatingMetrics.Mae(p, t)), Is.EqualTo(Aggregate("mae.mean_of_users")).Within(1e-12));
        }
    }

    [Test]
    public void Probabilities_MatchTheGoldenValues()
    {
        double[] p = Numbers(_inputs.GetProperty("probabilities").GetProperty("p"));
        bool[] y = [.. Ints(_inputs.GetProperty("probabilities").GetProperty("y")).Select(x => x == 1)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ClassificationMetrics.LogLoss(y, p), Is.EqualTo(Aggregate("log_loss")).Within(1e-12));
            Assert.That(ClassificationMetrics.Brier(y, p), Is.EqualTo(Aggregate("brier")).Within(1e-12));
            foreach ((string name, CalibrationBinning binning) in new[] { ("equal_width", CalibrationBinning.EqualWidth), ("equal_mass", CalibrationBinning.EqualMass) })
            {
                CalibrationError error = ClassificationMetrics.CalibrationError(y, p, 10, binning)!;
                Assert.That(error.Expected, Is.EqualTo(Aggregate($"ece.{name}.10")).Within(1e-12));
                Assert.That(error.Maximum, Is.EqualTo(Aggregate($"mce.{name}.10")).Within(1e-12));
                JsonElement[] bins = [.. _aggregates.GetProperty($"bins.{name}.10").EnumerateArray()];
                Assert.That(error.Bins.Select(b => b.Count), Is.EqualTo(bins.Select(b => b[0].GetInt32())));
                Assert.That(error.Bins.Select(b => b.MeanPrediction!.Value), Is.EqualTo(bins.Select(b => b[1].GetDouble())).Within(1e-12));
                Assert.That(error.Bins.Select(b => b.MeanOutcome!.Value), Is.EqualTo(bins.Select(b => b[2].GetDouble())).Within(1e-12));
            }
        }
    }

    [Test]
    public void PopularityLiftOfAGroup_MatchesTheGoldenValue()
    {
        int[] users = [.. Enumerable.Range(0, Users).Where(u => _a[u].Length > 0)];
        double[] lists = [.. users.Select(u => ListMetrics.AveragePopularity(Cut(_a[u], 10), _counts)!.Value)];
        double[] own = [.. users.Select(u => ListMetrics.AveragePopularity(_train[u], _counts)!.Value)];
        Assert.That(GroupMetrics.PopularityLift(lists, own), Is.EqualTo(_aggregates.GetProperty("group_popularity_lift").GetProperty("all_users@10").GetDouble()).Within(1e-12));
    }

    [Test]
    public void PairedTests_MatchTheGoldenValues()
    {
        JsonElement golden = _aggregates.GetProperty("paired_tests.ndcg.binary@10");
        int[] users = [.. Enumerable.Range(0, Users).Where(u => _relevant[u].Length > 0)];
        // The golden per-user values themselves: the last bit decides which differences tie, and with them the ranks.
        double[] x = [.. users.Select(u => _golden["ndcg.binary@10"][u])], y = [.. users.Select(u => _golden["system_b.ndcg.binary@10"][u])];
        PairedTestResult t = PairedTest.Student(x, y);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(t.Pairs, Is.EqualTo(golden.GetProperty("pairs").GetInt32()));
            Assert.That(x.Zip(y).Count(p => p.First == p.Second), Is.EqualTo(golden.GetProperty("zero_differences").GetInt32()));
            Assert.That(t.MeanDifference, Is.EqualTo(golden.GetProperty("mean_difference").GetDouble()).Within(1e-12));
            Assert.That(t.Statistic, Is.EqualTo(golden.GetProperty("t").GetDouble()).Within(1e-9).Percent);
            Assert.That(t.PValue, Is.EqualTo(golden.GetProperty("p").GetDouble()).Within(1e-7).Percent);
            foreach (JsonProperty w in golden.GetProperty("wilcoxon").EnumerateObject())
            {
                ZeroDifferences zeros = w.Name.Split('.')[0] switch { "wilcox" => ZeroDifferences.Dropped, "pratt" => ZeroDifferences.RankedThenDropped, _ => ZeroDifferences.Shared };
                PairedTestResult r = PairedTest.Wilcoxon(x, y, zeros, w.Name.EndsWith("corrected", StringComparison.Ordinal));
                Assert.That(r.Statistic, Is.EqualTo(w.Value.GetProperty("W").GetDouble()), w.Name);
                Assert.That(r.Z, Is.EqualTo(w.Value.GetProperty("z").GetDouble()).Within(1e-9), w.Name);
                Assert.That(r.PValue, Is.EqualTo(w.Value.GetProperty("p").GetDouble()).Within(1e-7).Percent, w.Name);
            }
            JsonElement exact = golden.GetProperty("wilcoxon_exact");
            double[] d = Numbers(exact.GetProperty("differences"));
            PairedTestResult e = PairedTest.WilcoxonExact(d, new double[d.Length]);
            Assert.That(e.Statistic, Is.EqualTo(exact.GetProperty("W").GetDouble()));
            Assert.That(e.PValue, Is.EqualTo(exact.GetProperty("p").GetDouble()).Within(1e-7).Percent);
        }
    }

    private double Distance(int a, int b)
    {
        double dot = 0, x = 0, y = 0;
        for (int d = 0; d < 8; d++)
        {
            dot += _vectors[a][d] * _vectors[b][d];
            x += _vectors[a][d] * _vectors[a][d];
            y += _vectors[b][d] * _vectors[b][d];
        }
        return 1 - dot / (Math.Sqrt(x) * Math.Sqrt(y));
    }

    private double[]? Shares(int[] items)
    {
        if (items.Length == 0) return null;
        double[] share = new double[6];
        foreach (int i in items)
            foreach (int c in _categories[i]) share[c] += 1.0 / _categories[i].Length / items.Length;
        return share;
    }
}
