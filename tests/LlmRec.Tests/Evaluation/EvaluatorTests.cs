namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class EvaluatorTests
{
    /// <summary>Always the given list.</summary>
    private sealed class FixedLists(string name, params string[] list) : ITopNModel
    {
        public string Name => name;

        public IReadOnlyList<IReadOnlyList<ScoredItem>> Recommend(IReadOnlyList<TopNRequest> requests, int count) =>
            [.. requests.Select(_ => (IReadOnlyList<ScoredItem>)[.. list.Take(count).Select((id, i) => new ScoredItem(id, -i))])];
    }

    /// <summary>Scores by a function of the history and the item.</summary>
    private sealed class Scores(string name, IReadOnlyList<string> items, Func<IReadOnlyList<Interaction>, string, float> score) : IScoringModel
    {
        public string Name => name;

        public IReadOnlyList<string> Items => items;

        public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
        {
            for (int r = 0; r < requests.Count; r++)
                for (int i = 0; i < items.Count; i++)
                    scores[r * items.Count + i] = score(requests[r].User.History, items[i]);
        }
    }

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Each word is a user, each letter an item, a minute apart.</summary>
    internal static InteractionLog Log(params string[] users)
    {
        var log = new InteractionLog();
        for (int u = 0; u < users.Length; u++)
            for (int i = 0; i < users[u].Length; i++)
                log.Add($"u{u}", users[u][i].ToString(), time: Start.AddMinutes(i));
        return log;
    }

    internal static Catalog Letters(string letters) => new(letters.Select(c => new Item { Id = c.ToString(), Categories = [c < 'd' ? "early" : "late"] }));

    private static double? Value(EvaluationReport report, string model, string metric) => report[model, metric].Value;

    [Test]
    public void Evaluate_RanksAllItemsButTheHistory()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log("abcd", "bcae"), Letters("abcdef"));
        var model = new Scores("alphabet", split.Items, (_, item) => -item[0]);
        EvaluationReport report = Evaluator.Evaluate(split, [model], new() { Metrics = [Metric.Mrr(5), Metric.HitRate(1), Metric.Auc()] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Value(report, "alphabet", "MRR@5"), Is.EqualTo((1 + 0.5) / 2), "d is first of d e f, e the second");
            Assert.That(Value(report, "alphabet", "HR@1"), Is.EqualTo(0.5));
            Assert.That(Value(report, "alphabet", "AUC"), Is.EqualTo((1 + 0.5) / 2));
        }
    }

    [Test]
    public void Evaluate_BreaksTiesByCatalogOrder()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log("abcd", "abce"), Letters("fedcba"));
        EvaluationReport report = Evaluator.Evaluate(split, [new Scores("flat", split.Items, (_, _) => 0)], new() { Metrics = [Metric.Mrr(5), Metric.Auc()] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Value(report, "flat", "MRR@5"), Is.EqualTo((1 / 3.0 + 1 / 2.0) / 2).Within(1e-15), "the catalog's order is f e d");
            Assert.That(Value(report, "flat", "AUC"), Is.EqualTo(0.5));
        }
    }

    [Test]
    public void Evaluate_AlwaysShowsPopularAndRandom()
    {
        EvaluationReport report = Evaluator.Evaluate(DataSplit.LeaveLastOut(Log("abcd", "bcda")), []);
        Assert.That(report.Models.Select(m => m.Name), Is.EquivalentTo(["Popular", "Random"]));
    }

    [Test]
    public void Evaluate_GivesTheModelTheHistoryOnlyAndNoId()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log("abcd"));
        var seen = new List<TopNRequest>();
        var spy = new Spy(seen);
        Evaluator.Evaluate(split, [spy]);
        Evaluator.Evaluate(split, [spy], new() { Phase = EvaluationPhase.Validation });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen.Select(r => string.Concat(r.User.History.Select(i => i.Item))), Is.EqualTo(["abc", "ab"]));
            Assert.That(seen.Select(r => r.User.Id), Is.All.Null);
            Assert.That(seen.Select(r => r.User.Time), Is.EqualTo(new DateTimeOffset?[] { Start.AddMinutes(2), Start.AddMinutes(1) }), "the time of the newest event given, never the target's");
            Assert.That(seen[0].Exclude, Is.EquivalentTo(["a", "b", "c"]));
        }
    }

    private sealed class Spy(List<TopNRequest> seen) : ITopNModel
    {
        public string Name => "spy";

        public IReadOnlyList<IReadOnlyList<ScoredItem>> Recommend(IReadOnlyList<TopNRequest> requests, int count)
        {
            lock (seen) seen.AddRange(requests);
            return [.. requests.Select(_ => Array.Empty<ScoredItem>())];
        }
    }

    [Test]
    public void Evaluate_StrikesOutWhatAListMustNotHave()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log("abcd"), Letters("abcdef"));
        EvaluationReport report = Evaluator.Evaluate(split, [new FixedLists("careless", "a", "e", "e", "zz", "d")], new() { Metrics = [Metric.Mrr(10)] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Value(report, "careless", "MRR@10"), Is.EqualTo(0.5), "e, then d");
            Assert.That(report.Notes, Has.Some.Contains("careless: 1 recommended items had to be excluded"));
            Assert.That(report.Notes, Has.Some.Contains("stood twice"));
            Assert.That(report.Notes, Has.Some.Contains("not among the items"));
        }
    }

    [Test]
    public void Evaluate_NeverLetsNaNThrough()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log("abcd", "abce"), Letters("abcdef"));
        EvaluationReport report = Evaluator.Evaluate(split, [new Scores("nan", split.Items, (_, i) => i == "d" ? 1 : float.NaN)], new() { Metrics = Metric.All(10) });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Models.SelectMany(m => m.Values).Select(v => v.Value ?? 0), Has.None.NaN);
            Assert.That(Value(report, "nan", "HR@10"), Is.EqualTo(0.5), "a NaN is never recommended");
            Assert.That(report.Notes, Has.Some.Contains("NaN"));
        }
    }

    [Test]
    public void Evaluate_CutoffBeyondTheCatalogIsFine()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log("abcd", "bcad"));
        EvaluationReport report = Evaluator.Evaluate(split, [], new() { Metrics = Metric.All(50) });
        Assert.That(Value(report, "Popular", "HR@50"), Is.EqualTo(1));
    }

    [Test]
    public void Evaluate_CountsWhoIsLeftOut()
    {
        EvaluationReport report = Evaluator.Evaluate(DataSplit.LeaveLastOut(Log("abcd", "a", "ab", "abca")), []);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Users, Is.EqualTo(1));
            Assert.That(report.Notes, Has.Some.StartsWith("2 users have no test event"));
            Assert.That(report.Notes, Has.Some.StartsWith("1 user has no relevant target"));
            Assert.That(report.Notes, Has.Some.StartsWith("1 target was already in the user's history"));
        }
    }

    [Test]
    public void Evaluate_WithoutAnyUser_SaysWhy() =>
        Assert.That(() => Evaluator.Evaluate(DataSplit.LeaveLastOut(Log("a", "b")), []), Throws.ArgumentException.With.Message.Contains("leaves no user to evaluate: 2 users have no test event"));

    [Test]
    public void Evaluate_RefusesTwoModelsOfOneName()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log("abcd"));
        Assert.That(() => Evaluator.Evaluate(split, [new FixedLists("x"), new FixedLists("x")]), Throws.ArgumentException.With.Message.Contains("'x'"));
    }

    [Test]
    public void Evaluate_GivesTheSameNumbersForAnyThreadsAndBatches()
    {
        var random = new Random(3);
        InteractionLog log = Log([.. Enumerable.Range(0, 200).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)('a' + (int)(26 * random.NextDouble() * random.NextDouble())))))]);
        DataSplit split = DataSplit.LeaveLastOut(log, Letters("abcdefghijklmnopqrstuvwxyz"));
        List<double?> Figures(int threads, int batch) => [.. Evaluator.Evaluate(split, [], new() { Metrics = Metric.All(5), MaxThreads = threads, BatchSize = batch })
            .Models.SelectMany(m => m.Values).SelectMany(v => new[] { v.Value, v.Low, v.High })];
        List<double?> one = Figures(1, 64);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Figures(4, 64), Is.EqualTo(one));
            Assert.That(Figures(2, 7), Is.EqualTo(one));
        }
    }

    [Test]
    public void Evaluate_ScoresAndListsAgree()
    {
        var random = new Random(5);
        InteractionLog log = Log([.. Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, 8).Select(_ => (char)('a' + random.Next(20)))))]);
        DataSplit split = DataSplit.LeaveLastOut(log, Letters("abcdefghijklmnopqrst"));
        var scores = new Scores("scores", [.. split.Items.Reverse()], (history, item) => MathF.Sin(history.Count * 7 + item[0] * 13));
        EvaluationReport report = Evaluator.Evaluate(split, [scores, new OnlyLists(scores)], new() { Metrics = [.. Metric.All(6).Where(m => m.Name != "AUC")] });
        Assert.That(report["lists"].Values, Is.EqualTo(report["scores"].Values));
    }

    private sealed class OnlyLists(IScoringModel inner) : ITopNModel
    {
        public string Name => "lists";

        public IReadOnlyList<IReadOnlyList<ScoredItem>> Recommend(IReadOnlyList<TopNRequest> requests, int count) => inner.Recommend(requests, count);
    }

    [Test]
    public void Evaluate_RefusesALeakingSplitUnlessAllowed()
    {
        InteractionLog log = Log("abcd", "bcda");
        DataSplit leaking = DataSplit.FromRoles("random as time", log, (p, _) => p % 4 == 1 ? EventRole.Test : EventRole.Train, TimeClaim.Global);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Evaluator.Evaluate(leaking, []), Throws.InvalidOperationException.With.Message.Contains("leaks"));
            Assert.That(Evaluator.Evaluate(leaking, [], new() { AllowLeaks = true }).ToText(), Does.Contain("LEAK: "));
        }
    }

    [Test]
    public void Report_IsATableWithIntervalsBestFirst()
    {
        DataSplit split = DataSplit.LeaveLastOut(Log("abcd", "bcad", "cabd", "abce"), Letters("abcdef"));
        EvaluationReport report = Evaluator.Evaluate(split, [new FixedLists("worst")]);
        string[] lines = report.ToText().Split('\n');
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines[2], Does.StartWith("Model").And.Contain("NDCG@10").And.Contain("95 % interval").And.Contain("HR@10").And.Contain("MRR@10").And.Contain("Coverage@10").And.Contain("ILD@10").And.Contain("Novelty@10"));
            Assert.That(report.Models[^1].Name, Is.EqualTo("worst"));
            MetricValue v = report["Popular", "NDCG@10"];
            Assert.That(v.Value, Is.InRange(v.Low!.Value, v.High!.Value));
        }
    }
}
