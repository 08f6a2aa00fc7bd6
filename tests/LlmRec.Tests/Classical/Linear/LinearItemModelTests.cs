namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class LinearItemModelTests
{
    private static readonly Dictionary<string, Func<Catalog, InteractionLog, int, IScoringModel>> s_models = new()
    {
        ["item-KNN"] = (c, l, threads) => ItemKnnModel.Fit(c, l, new() { Neighbours = 5, Threads = threads }),
        ["item graph"] = (c, l, threads) => ItemGraphModel.Fit(c, l, new() { Neighbours = 5, Threads = threads }),
        ["EASE"] = (c, l, threads) => EaseModel.Fit(c, l, new() { Regularisation = 5, Threads = threads }),
        ["SLIS"] = (c, l, threads) => EaseModel.Fit(c, l, new() { Regularisation = 5, DiagonalLimit = 0.5, Threads = threads }),
        ["SLIT"] = (c, l, threads) => ItemTransitionModel.Fit(c, l, new() { Regularisation = 5, Threads = threads }),
        ["SLIST"] = (c, l, threads) => ItemTransitionModel.Fit(c, l, new() { Regularisation = 5, Consistency = 0.5, Threads = threads }),
        ["SLIM"] = (c, l, threads) => SlimModel.Fit(c, l, new() { Threads = threads }),
        ["user-KNN"] = (c, l, _) => UserKnnModel.Fit(c, l),
    };

    private static string[] Names => [.. s_models.Keys];

    private static TopNRequest[] Requests(InteractionLog log) =>
        [.. log.Users.Select(u => new TopNRequest(new UserContext { History = log.HistoryOf(u) }, [])), new(UserContext.OfHistory("i2", "i3", "i2", "strange"), []), new(new UserContext(), [])];

    [Test]
    public void Fit_IsTheSameForAnyNumberOfThreads([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = name is "SLIST" or "EASE" or "item-KNN" ? Large() : ItemModelGolden.SmallWorld();
        TopNRequest[] requests = Requests(log);
        float[] one = new float[requests.Length * catalog.Count], three = new float[one.Length];
        s_models[name](catalog, log, 1).Score(requests, one);
        s_models[name](catalog, log, 3).Score(requests, three);
        Assert.That(one, Is.EqualTo(three));
    }

    [Test]
    public void Score_IsTheSameAloneAndInABatch([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        IScoringModel model = s_models[name](catalog, log, 1);
        TopNRequest[] requests = Requests(log);
        float[] batch = new float[requests.Length * 20], alone = new float[20];
        Array.Fill(batch, float.NaN);
        model.Score(requests, batch);
        for (int r = 0; r < requests.Length; r++)
        {
            model.Score([requests[r]], alone);
            Assert.That(alone, Is.EqualTo(batch[(r * 20)..(r * 20 + 20)]));
        }
        Assert.That(batch, Is.All.InRange(-1e6f, 1e6f));
    }

    [Test]
    public void Score_IsZeroWithoutAnythingKnown([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        float[] scores = new float[20];
        TopNRequest stranger = new(UserContext.OfHistory("strange"), []);
        using (Assert.EnterMultipleScope())
        {
            s_models[name](catalog, log, 1).Score([stranger], scores);
            Assert.That(scores, Is.All.Zero);
            s_models[name](catalog, new(), 1).Score([new(UserContext.OfHistory("i1"), [])], scores);
            Assert.That(scores, Is.All.Zero, "fitted on an empty log");
            Assert.That(() => s_models[name](new(), log, 1).Score([stranger], []), Throws.Nothing, "fitted on an empty catalog");
            Assert.That(() => s_models[name](catalog, log, 1).Score([stranger], new float[19]), Throws.ArgumentException);
        }
    }

    [Test]
    public void Explain_SumsToTheScore([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        if (s_models[name](catalog, log, 1) is not LinearItemModel model) return;
        var user = new UserContext { History = log.HistoryOf("u7") };
        float[] scores = new float[20];
        model.Score([new(user, [])], scores);
        using (Assert.EnterMultipleScope())
        {
            for (int j = 0; j < 20; j++)
            {
                IReadOnlyList<ModelReason> parts = model.Explain(user, $"i{j}");
                Assert.That(parts.Sum(p => p.Score), Is.EqualTo(scores[j]).Within(1e-5));
                Assert.That(parts, Is.Ordered.Descending.By(nameof(ModelReason.Score)));
            }
            Assert.That(model.Explain(user, "strange"), Is.Empty);
        }
    }

    [Test]
    public void Similar_IsTheRowWithoutTheItemItself([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        if (s_models[name](catalog, log, 1) is not LinearItemModel model) return;
        string[] expected = [.. catalog.Select(i => i.Id).Where(j => j != "i3" && model.WeightOf("i3", j) > 0).OrderByDescending(j => model.WeightOf("i3", j)).Take(4)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Similar("i3", 4).Select(s => s.Item), Is.EqualTo(expected));
            Assert.That(model.Similar("strange", 4), Is.Empty);
            Assert.That(model.WeightOf("strange", "i3"), Is.Zero);
        }
    }

    [Test]
    public void Fit_StopsWhenAsked([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        var stopped = new CancellationToken(true);
        Assert.That(() => name switch
        {
            "item-KNN" => ItemKnnModel.Fit(catalog, log, cancellationToken: stopped),
            "item graph" => ItemGraphModel.Fit(catalog, log, cancellationToken: stopped),
            "SLIM" => SlimModel.Fit(catalog, log, cancellationToken: stopped),
            "SLIT" or "SLIST" => ItemTransitionModel.Fit(catalog, log, cancellationToken: stopped),
            "user-KNN" => UserKnnModel.Fit(catalog, log, cancellationToken: stopped),
            _ => (IScoringModel)EaseModel.Fit(catalog, log, cancellationToken: stopped),
        }, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Fit_RefusesOptionsOutOfRange()
    {
        (Catalog catalog, InteractionLog log) = ItemModelGolden.SmallWorld();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ItemKnnModel.Fit(catalog, log, new() { Neighbours = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => ItemKnnModel.Fit(catalog, log, new() { Shrinkage = double.NaN }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => ItemGraphModel.Fit(catalog, log, new() { DegreePower = 2 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => EaseModel.Fit(catalog, log, new() { Regularisation = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => EaseModel.Fit(catalog, log, new() { DiagonalLimit = 1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => ItemTransitionModel.Fit(catalog, log, new() { PastDecay = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => ItemTransitionModel.Fit(catalog, log, new() { Past = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => SlimModel.Fit(catalog, log, new() { Penalty = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => UserKnnModel.Fit(catalog, log, new() { Neighbours = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    /// <summary>Enough items for more than one block of the factorisation and of the rows.</summary>
    private static (Catalog Catalog, InteractionLog Log) Large()
    {
        var random = new SplitMix(9);
        var catalog = new Catalog(Enumerable.Range(0, 300).Select(i => new Item { Id = $"i{i}" }));
        var log = new InteractionLog();
        for (int u = 0; u < 200; u++)
            for (int e = 0; e < 20; e++) log.Add($"u{u}", $"i{random.Next(300)}");
        return (catalog, log);
    }
}
