namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class ExperimentTests
{
    private static InteractionLog Log(int seed = 31)
    {
        var random = new Random(seed);
        return EvaluatorTests.Log([.. Enumerable.Range(0, 120).Select(_ => string.Concat(Enumerable.Range(0, 26).OrderBy(i => random.NextDouble() * (i + 4)).Take(random.Next(5, 12)).Select(i => (char)('a' + i))))]);
    }

    /// <summary>Ranks by closeness of an item's place to a parameter; counts its fits.</summary>
    private sealed class Shifted(ModelFit fit) : IScoringModel
    {
        public string Name => "whatever";

        public IReadOnlyList<string> Items => fit.Items;

        public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
        {
            for (int i = 0; i < scores.Length; i++) scores[i] = -MathF.Abs(i % Items.Count - (float)fit["place"]);
        }
    }

    private sealed class Keep : IProgress<ExperimentProgress>
    {
        public List<ExperimentProgress> Seen { get; } = [];

        public void Report(ExperimentProgress value) => Seen.Add(value);
    }

    private static readonly EvaluationOptions Measured = new() { Metrics = [Metric.Ndcg(5), Metric.HitRate(5), Metric.Coverage(5)], BootstrapSamples = 50 };

    private static ModelRecipe Recipe(string name = "shifted") => new(name, fit => new Shifted(fit), SearchParameter.Between("place", 0, 25));

    [Test]
    public async Task RunAsync_ChoosesOnTheValidationAloneAndReportsTheTest()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log());
        ExperimentReport report = await new Experiment([split], [Recipe()], new() { Evaluation = Measured, Trials = 8 }).RunAsync();
        ExperimentTrial chosen = report.Chosen("shifted")!;
        double? Ndcg(EvaluationPhase phase, double place) =>
            Evaluator.Evaluate(split, [new Shifted(new(split.Train, split.Items, null, new Dictionary<string, double> { ["place"] = place }, 1))], Measured with { Phase = phase })["whatever", "NDCG@5"].Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Trials, Has.Count.EqualTo(8));
            Assert.That(report.Trials[0].Parameters["place"], Is.EqualTo(12.5), "the first trial is the start");
            foreach (ExperimentTrial t in report.Trials)
            {
                Assert.That(t.Value, Is.EqualTo(Ndcg(EvaluationPhase.Validation, t.Parameters["place"])));
                Assert.That(t.Value, Is.LessThanOrEqualTo(chosen.Value!.Value));
            }
            Assert.That(report.Reports[0]["shifted", "NDCG@5"].Value, Is.EqualTo(Ndcg(EvaluationPhase.Test, chosen.Parameters["place"])));
            Assert.That(report.Reports[0].Models.Select(m => m.Name), Is.EquivalentTo(["shifted", "Popular", "Random"]));
            Assert.That(report.Reports[0]["shifted"].FitTime, Is.Not.Null);
            Assert.That(report.ToText(), Does.Contain("chosen on the validation"));
            System.Text.Json.JsonElement json = System.Text.Json.JsonDocument.Parse(report.ToJson()).RootElement;
            Assert.That(json.GetProperty("trials").EnumerateArray().Select(t => t.GetProperty("value").GetDouble()), Is.EqualTo(report.Trials.Select(t => t.Value!.Value)));
            Assert.That(json.GetProperty("reports")[0].GetProperty("models").GetArrayLength(), Is.EqualTo(3));
        }
    }

    [Test]
    public async Task RunAsync_NeverShowsAFitAValidationOrTestEvent()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log());
        var seen = new List<int>();
        var recipe = new ModelRecipe("spy", fit =>
        {
            lock (seen) seen.Add(fit.Train.Count);
            return new RandomModel(fit.Items, fit.Seed);
        }, SearchParameter.OneOf("x", 1, 2, 3));
        await new Experiment([split], [recipe], new() { Evaluation = Measured }).RunAsync();
        await new Experiment([split], [recipe], new() { Evaluation = Measured, RefitOnValidation = true }).RunAsync();
        int train = split.Count(EventRole.Train), validation = split.Count(EventRole.Validation);
        Assert.That(seen, Is.EqualTo([train, train, train, train, train, train, train, train + validation]), "three trials and a last fit, twice");
    }

    [Test]
    public async Task RunAsync_GivesTheSameFiguresForAnyNumberOfThreads()
    {
        DataSplit[] splits = [DataSplit.LeaveLastOut(Log()), DataSplit.LeaveLastOut(Log(32))];
        async Task<string> Figures(int threads)
        {
            ExperimentReport r = await new Experiment(splits, [Recipe("one"), Recipe("two")], new() { Evaluation = Measured, Trials = 5, MaxThreads = threads }).RunAsync();
            return string.Join('\n', r.Trials.Select(t => $"{t.Split} {t.Model} {t.Number} {t.Parameters["place"]:R} {t.Value:R}")
                .Concat(r.Reports.SelectMany(x => x.Models).SelectMany(m => m.Values.Select(v => $"{m.Name} {v}"))));
        }
        Assert.That(await Figures(4), Is.EqualTo(await Figures(1)));
    }

    [Test]
    public async Task RunAsync_TakesUpWhereItWasInterrupted()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "journal-" + Guid.NewGuid().ToString("N"), "trials.jsonl");
        DataSplit split = DataSplit.LeaveLastOut(Log());
        var options = new ExperimentOptions { Evaluation = Measured, Trials = 6, JournalPath = path, MaxThreads = 1 };
        try
        {
            int fits = 0;
            using var stop = new CancellationTokenSource();
            var interrupted = new ModelRecipe("shifted", fit =>
            {
                if (++fits == 4) stop.Cancel();
                return new Shifted(fit);
            }, SearchParameter.Between("place", 0, 25));
            Assert.That(async () => await new Experiment([split], [interrupted], options).RunAsync(cancellationToken: stop.Token), Throws.InstanceOf<OperationCanceledException>());
            await File.AppendAllTextAsync(path, "{\"key\":\"cut short by a cra");

            fits = 0;
            var progress = new Keep();
            var counting = new ModelRecipe("shifted", fit =>
            {
                fits++;
                return new Shifted(fit);
            }, SearchParameter.Between("place", 0, 25));
            ExperimentReport resumed = await new Experiment([split], [counting], options).RunAsync(progress);
            ExperimentReport fresh = await new Experiment([split], [Recipe()], options with { JournalPath = null }).RunAsync();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(resumed.Trials.Count(t => t.FromJournal), Is.EqualTo(3));
                Assert.That(fits, Is.EqualTo(3 + 1), "three trials and the last fit");
                Assert.That(resumed.Trials.Select(t => t.Value), Is.EqualTo(fresh.Trials.Select(t => t.Value)));
                Assert.That(progress.Seen.Select(p => p.Done), Is.EqualTo(Enumerable.Range(1, 7)));
                Assert.That(progress.Seen[^1] is { Total: 7, Trial: null });
            }
            ExperimentReport again = await new Experiment([split], [counting], options).RunAsync();
            Assert.That(again.Trials.Count(t => t.FromJournal), Is.EqualTo(6), "the line cut short did not spoil those after it");
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Test]
    public async Task RunAsync_OneFailingTrialDoesNotEndTheSearch()
    {
        var recipe = new ModelRecipe("sometimes", fit => fit["x"] == 2 ? throw new InvalidOperationException("singular matrix") : new RandomModel(fit.Items, (int)fit["x"]), SearchParameter.OneOf("x", 1, 2, 3));
        DataSplit split = DataSplit.LeaveLastOut(Log());
        ExperimentReport report = await new Experiment([split], [recipe], new() { Evaluation = Measured }).RunAsync();
        var never = new ModelRecipe("never", fit => throw new InvalidOperationException("singular matrix"), SearchParameter.OneOf("x", 1, 2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Trials.Single(t => t.Error is not null).Error, Does.Contain("singular matrix"));
            Assert.That(report.ToText(), Does.Contain("1 of which failed"));
            Assert.That(async () => await new Experiment([split], [never], new() { Evaluation = Measured }).RunAsync(), Throws.InvalidOperationException.With.Message.Contains("singular matrix"));
        }
    }

    [Test]
    public void Constructor_RefusesWhatCannotBeHonest()
    {
        InteractionLog log = Log();
        DataSplit bare = DataSplit.GlobalTime(log, testShare: 0.2), leaking = DataSplit.FromRoles("leak", log, (p, _) => p % 3 == 0 ? EventRole.Test : EventRole.Train, TimeClaim.Global);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new Experiment([bare], [Recipe()]), Throws.ArgumentException.With.Message.Contains("never chosen on the test"));
            Assert.That(() => new Experiment([leaking], [new ModelRecipe("r", f => new RandomModel(f.Items))]), Throws.ArgumentException.With.Message.Contains("leaks"));
            Assert.That(() => new Experiment([bare], [Recipe(), Recipe()]), Throws.ArgumentException.With.Message.Contains("'shifted'"));
            Assert.That(() => new Experiment([], [Recipe()]), Throws.ArgumentException);
            Assert.That(() => new Experiment([bare], [Recipe()], new() { Evaluation = new() { Metrics = [Metric.Novelty(5)] } }), Throws.ArgumentException.With.Message.Contains("decides the search"));
        }
    }

    [Test]
    public void SearchPlan_TriesASmallGridAsAWhole_AndDrawsFromALargeOne()
    {
        SearchParameter[] grid = [SearchParameter.OneOf("a", 1, 2, 3), SearchParameter.OneOf("b", 10, 20)];
        var all = SearchPlan.Of(grid, 20, 1);
        SearchParameter[] wide = [SearchParameter.LogBetween("reg", 0.001, 1000), SearchParameter.Between("k", 1, 500, start: 20, whole: true)];
        var drawn = SearchPlan.Of(wide, 200, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(all.Select(p => (p["a"], p["b"])), Is.EquivalentTo(new[] { (1.0, 10.0), (1, 20), (2, 10), (2, 20), (3, 10), (3, 20) }));
            Assert.That(SearchPlan.Of(grid, 4, 1), Has.Count.EqualTo(4));
            Assert.That(drawn, Has.Count.EqualTo(200));
            Assert.That((drawn[0]["reg"], drawn[0]["k"]), Is.EqualTo((1.0, 20.0)));
            Assert.That(drawn.Select(p => p["reg"]), Is.All.InRange(0.001, 1000));
            Assert.That(drawn.Count(p => p["reg"] < 1), Is.InRange(70, 130), "half of the trials below the geometric middle");
            Assert.That(drawn.Select(p => p["k"]), Is.All.Matches<double>(k => k == Math.Round(k) && k is >= 1 and <= 500));
            Assert.That(SearchPlan.Of(wide, 9, 1).Select(p => p["reg"]), Is.EqualTo(drawn.Take(9).Select(p => p["reg"])), "a larger budget goes on where the smaller ended");
        }
    }

    [Test]
    public async Task Report_OfSeveralSplitsHasMeansAndPagesForEach()
    {
        IReadOnlyList<DataSplit> folds = DataSplit.KFold(Log(), 3, withValidation: true);
        ExperimentReport report = await new Experiment(folds, [Recipe()], new() { Evaluation = Measured, Trials = 3 }).RunAsync();
        string folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, "pages-" + Guid.NewGuid().ToString("N"));
        try
        {
            IReadOnlyList<string> files = await report.WriteHtmlAsync(Path.Combine(folder, "e.html"));
            using (Assert.EnterMultipleScope())
            {
                Assert.That(report.ToReportTable().Rows.Select(r => r[0]), Is.EquivalentTo(["shifted", "Popular", "Random"]));
                Assert.That(report.ToText(), Does.Contain("±").And.Contain("over 3 splits"));
                Assert.That(files.Select(Path.GetFileName), Is.EqualTo(["e.html", "e-2.html", "e-3.html"]));
                Assert.That(files.Select(File.ReadAllText), Is.All.Contains("Search on the validation"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
