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
    public void Random_IsNearItsExpectation()
    {
        DataSplit split = Split();
        double expected = Golden.Json("golden/cf/baselines_ml-100k.json").GetProperty("random_expected").GetProperty("test_history_train_valid").GetProperty("hr@10").GetDouble();
        double sum = 0;
        for (int seed = 1; seed <= 10; seed++)
            sum += Evaluator.Evaluate(split, [], new() { Seed = seed, BootstrapSamples = 0, Metrics = [Metric.HitRate(10)] })["Random", "HR@10"].Value!.Value;
        // ten runs of 943 users: the standard deviation of the mean is about 0.0008
        Assert.That(sum / 10, Is.EqualTo(expected).Within(0.0033));
    }
}
