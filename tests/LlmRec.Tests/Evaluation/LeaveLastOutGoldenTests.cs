using System.Globalization;

namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class LeaveLastOutGoldenTests
{
    private static DataSplit Split()
    {
        (InteractionLog log, Catalog catalog) = Golden.MovieLens100k();
        return DataSplit.LeaveLastOut(log, catalog);
    }

    [Test]
    public void LeaveLastOut_IsTheGoldenSplitOfMovieLens()
    {
        DataSplit split = Split();
        string[] lines = File.ReadAllLines(SharedData.PathOrSkip("golden/cf/split_ml-100k.tsv"));
        string[] ours = [.. lines.Skip(1).Select(l => l.Split('\t')[0]).Select(u => string.Join('\t', u,
            split.EventsOf(u, EventRole.Train).Count.ToString(CultureInfo.InvariantCulture),
            split.EventsOf(u, EventRole.Validation).Single().Item, split.EventsOf(u, EventRole.Test).Single().Item))];
        Assert.That(ours, Is.EqualTo(lines[1..]));
    }

    // variant: phase, history has validation, validation excluded, fitted on training and validation
    [TestCase("valid", EvaluationPhase.Validation, false, false, false)]
    [TestCase("test_exclude_train", EvaluationPhase.Test, false, false, false)]
    [TestCase("test_exclude_train_valid", EvaluationPhase.Test, false, true, false)]
    [TestCase("test_history_train_valid", EvaluationPhase.Test, true, true, false)]
    [TestCase("test_refit_train_valid", EvaluationPhase.Test, true, true, true)]
    public void Popular_HasTheGoldenFigures(string variant, EvaluationPhase phase, bool history, bool exclude, bool refit)
    {
        var golden = Golden.Json("golden/cf/baselines_ml-100k.json").GetProperty("popular").GetProperty(variant);
        DataSplit split = Split();
        var options = new EvaluationOptions { Phase = phase, HistoryHasValidation = history, ExcludeValidation = exclude, BootstrapSamples = 0 };
        EvaluationReport report = Evaluator.Evaluate(split, [new PopularModel(refit ? split.TrainAndValidation : split.Train, split.Items)], options);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Users, Is.EqualTo(943));
            foreach (string metric in (string[])["hr@10", "ndcg@10", "mrr@10"])
                Assert.That(report["Popular", metric.ToUpperInvariant()].Value, Is.EqualTo(golden.GetProperty(metric).GetDouble()).Within(1e-12), metric);
        }
    }

    [Test]
    public void LeaveLastOut_HasTheGoldenCounts()
    {
        var golden = Golden.Json("golden/cf/baselines_ml-100k.json");
        DataSplit split = Split();
        HashSet<string> trained = [.. split.Train.Select(e => e.Item)];
        // ties by lower id, as everywhere
        (int Item, int Count)[] popular = [.. split.Train.GroupBy(e => int.Parse(e.Item, CultureInfo.InvariantCulture)).Select(g => (g.Key, g.Count())).OrderByDescending(g => g.Item2).ThenBy(g => g.Key).Take(10)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.Train.Users, Has.Count.EqualTo(golden.GetProperty("users").GetInt32()));
            Assert.That(split.Items, Has.Count.EqualTo(golden.GetProperty("items").GetInt32()));
            Assert.That(split.Log.Count, Is.EqualTo(golden.GetProperty("interactions").GetInt32()));
            Assert.That(split.Train.Count, Is.EqualTo(golden.GetProperty("train").GetInt32()));
            Assert.That(split.Items.Count - trained.Count, Is.EqualTo(golden.GetProperty("items_without_train").GetInt32()));
            Assert.That(split.Train.Users.Count(u => !trained.Contains(split.EventsOf(u, EventRole.Test).Single().Item)), Is.EqualTo(golden.GetProperty("tests_on_items_without_train").GetInt32()));
            Assert.That(new PopularModel(split.Train, split.Items).Recommend(new(), 10).Select(s => int.Parse(s.Item, CultureInfo.InvariantCulture)), Is.EqualTo(popular.Select(p => p.Item)));
            Assert.That(golden.GetProperty("ten_most_popular_in_train").EnumerateArray().Select(i => (i[0].GetInt32(), i[1].GetInt32())), Is.EqualTo(popular));
        }
    }

    /// <summary>The expectation over all orders of C candidates in closed form, and what random orders come to.</summary>
    [TestCase("valid")]
    [TestCase("test_exclude_train")]
    [TestCase("test_exclude_train_valid")]
    [TestCase("test_history_train_valid")]
    [TestCase("test_refit_train_valid")]
    public void Random_IsNearItsExpectation(string variant)
    {
        DataSplit split = Split();
        var golden = Golden.Json("golden/cf/baselines_ml-100k.json").GetProperty("random_expected").GetProperty(variant);
        EvaluationOptions options = Classical.ItemModelGolden.OptionsOf(variant);
        int taken = options.ExcludeValidation ? 1 : 0;
        double shares = split.Train.Users.Average(u => 1.0 / (split.Items.Count - split.EventsOf(u, EventRole.Train).Count - taken));
        var expected = new Dictionary<string, double>
        {
            ["hr@10"] = 10 * shares, ["ndcg@10"] = Enumerable.Range(1, 10).Sum(r => 1 / Math.Log2(r + 1)) * shares, ["mrr@10"] = Enumerable.Range(1, 10).Sum(r => 1.0 / r) * shares,
        };
        EvaluationReport[] reports = [.. Enumerable.Range(1, 10).Select(seed => Evaluator.Evaluate(split, [], options with { Seed = seed }))];
        using (Assert.EnterMultipleScope())
        {
            foreach ((string metric, double value) in expected)
            {
                Assert.That(value, Is.EqualTo(golden.GetProperty(metric).GetDouble()).Within(1e-12), metric);
                // ten runs of 943 users: four standard deviations of the mean of a hit, which the other two do not exceed
                Assert.That(reports.Average(r => r["Random", metric.ToUpperInvariant()].Value), Is.EqualTo(value).Within(0.0033 * value / expected["hr@10"] * 1.6), metric);
            }
        }
    }
}
