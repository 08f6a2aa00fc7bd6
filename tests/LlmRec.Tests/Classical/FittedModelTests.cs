namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class FittedModelTests
{
    private static string[] Names => FittedModels.Names;

    // least squares have a tolerance of their own, on data with more than three tastes: see ImplicitAlsModelTests
    private static string[] Forgetful => [.. Names.Where(n => !n.StartsWith("iALS", StringComparison.Ordinal))];

    /// <summary>How far from a new fit a model without a user may lie, as a share of the largest score.</summary>
    private static double ForgettingTolerance(string name) => name switch
    {
        "EASE refined" or "SLIS refined" => 1e-6,   // float32 scores of weights equal to 1e-10
        _ => 0,
    };

    [Test]
    public void Forget_RecommendsWhatAFitWithoutTheUserWould([ValueSource(nameof(Forgetful))] string name)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel forgot = FittedModels.Fit(name, catalog, log).Forget("u5"), never = FittedModels.Fit(name, catalog, new(log.Where(e => e.User != "u5")));
        float[] ours = FittedModels.Scores(forgot, "u1", "u2", "u5", "u30"), theirs = FittedModels.Scores(never, "u1", "u2", "u5", "u30");
        double largest = theirs.Max(Math.Abs), difference = ours.Zip(theirs).Max(p => Math.Abs(p.First - p.Second)) / Math.Max(1e-9, largest);
        TestContext.Out.WriteLine($"{name}: {difference:0.0e0}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(forgot.Users, name == "random" ? Is.Empty : Does.Not.Contain("u5"));
            Assert.That(difference, Is.LessThanOrEqualTo(ForgettingTolerance(name)));
            Assert.That(forgot.Recommend(UserContext.Of("u1"), 10).Select(s => s.Item), Is.EqualTo(never.Recommend(UserContext.Of("u1"), 10).Select(s => s.Item)));
        }
    }

    [Test]
    public void Forget_OfAUserNeverSeenChangesNothing([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel model = FittedModels.Fit(name, catalog, log);
        Assert.That(model.Forget("nobody"), Is.SameAs(model));
    }

    private static readonly string[] s_exact =
        ["popular", "random", "item-KNN cosine", "item-KNN TF-IDF", "item-KNN BM25", "item-KNN Jaccard", "item-KNN degree", "item graph", "user-KNN", "user-KNN Jaccard", "EASE", "EASE refined", "SLIS refined", "SLIST", "baseline", "text-KNN", "text mean", "popular in category", "association", "content",
        "item-KNN voters", "user-KNN of each item", "rating KNN items", "rating KNN users", "rating KNN basic", "Slope One"];

    [Test]
    public void Update_IsAFitOnAllEventsWhereTheModelIsAClosedForm([ValueSource(nameof(s_exact))] string name)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        Interaction[] events = [.. log], late = [.. events[200..], new("new", "garden-3", InteractionKind.Rating, 5), new("u3", "space-13", InteractionKind.Rating, 4), new("u3", "unknown")];
        FittedModel model = FittedModels.Fit(name, catalog, new(events[..200])), all = FittedModels.Fit(name, catalog, new([.. events[..200], .. late]));
        float[] before = FittedModels.Scores(model, "u1", "new");
        float[] ours = FittedModels.Scores(model.Update(late[..60]).Update(late[60..]), "u1", "u3", "new"), theirs = FittedModels.Scores(all, "u1", "u3", "new");
        double tolerance = name.StartsWith("EASE", StringComparison.Ordinal) || name.StartsWith("SLIS ", StringComparison.Ordinal) ? 1e-5 : 0;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ours, Is.EqualTo(theirs).Within(tolerance));
            Assert.That(FittedModels.Scores(model, "u1", "new"), Is.EqualTo(before), "the old model stays as it was");
        }
    }

    [Test]
    public void Update_LearnsANewTaste([Values("SLIM", "PureSVD", "iALS", "iALS scaled", "BPR", "BPR even", "SVD", "SVD without biases", "SVD++", "NMF", "NMF with biases", "ALS", "item2vec", "utility")] string name)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel model = FittedModels.Fit(name, catalog, log);
        // people of the garden take an item up that nobody had touched, together with others of the garden
        var news = new List<Interaction>();
        for (int u = 0; u < 12; u++)
            foreach (string item in (string[])["garden-13", $"garden-{u}", $"garden-{(u + 5) % 13}", $"kitchen-{u}", $"space-{u}"])
                news.Add(new($"n{u}", item, InteractionKind.Rating, item.StartsWith("garden", StringComparison.Ordinal) ? 5 : 1));
        FittedModel updated = model.Update(news);
        UserContext gardener = new() { History = [new("", "garden-2", InteractionKind.Rating, 5), new("", "garden-7", InteractionKind.Rating, 5)] };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(updated.EventCount, Is.EqualTo(log.Count + news.Count));
            Assert.That(RankOf(updated, gardener, "garden-13"), Is.LessThan(RankOf(model, gardener, "garden-13")));
            Assert.That(FittedModels.Scores(updated, "n1", "u1"), Is.All.InRange(-1e6f, 1e6f));
        }
    }

    private static int RankOf(FittedModel model, UserContext user, string item)
    {
        IReadOnlyList<ScoredItem> list = model.Recommend(user, model.Items.Count);
        for (int r = 0; r < list.Count; r++)
            if (list[r].Item == item) return r;
        return list.Count;
    }

    [Test]
    public void Recommend_GivesTheBestOfTheScores([ValueSource(nameof(Names))] string name, [Values(1, 7, 100)] int count)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel model = FittedModels.Fit(name, catalog, log);
        TopNRequest[] requests = [new(UserContext.Of("u4"), []), new(FittedModels.Stranger, ["garden-2", "space-1", "unknown"]), new(new(), ["space-0"]), .. Enumerable.Range(0, 20).Select(u => new TopNRequest(UserContext.Of($"u{u}"), [$"kitchen-{u % 13}"]))];
        float[] scores = new float[requests.Length * model.Items.Count];
        model.Score(requests, scores);
        IReadOnlyList<IReadOnlyList<ScoredItem>> lists = ((ITopNModel)model).Recommend(requests, count);
        using (Assert.EnterMultipleScope())
        {
            for (int r = 0; r < requests.Length; r++)
            {
                ScoredItem[] expected = [.. model.Items.Select((id, i) => new ScoredItem(id, scores[r * model.Items.Count + i])).Where(s => !float.IsNegativeInfinity(s.Score) && !requests[r].Exclude.Contains(s.Item)).OrderByDescending(s => s.Score).Take(count)];
                Assert.That(lists[r], Is.EqualTo(expected), $"request {r}");
            }
        }
    }

    [Test]
    public void Explain_HasPartsThatSumToTheScore([ValueSource(nameof(Names))] string name, [Values] bool texts)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel model = FittedModels.Fit(name, catalog, log);
        if (texts) model = model.WithItemsAsync(catalog, LsaItemEncoder.Fit(catalog, new() { Dimensions = 12 })).Result;
        foreach (UserContext user in (UserContext[])[UserContext.Of("u4"), FittedModels.Stranger, FittedModels.Stranger with { Id = "u4" }, new()])
        {
            float[] scores = new float[model.Items.Count];
            model.Score([new(user, [])], scores);
            using (Assert.EnterMultipleScope())
            {
                for (int i = 0; i < scores.Length; i++)
                {
                    IReadOnlyList<ModelReason> parts = model.Explain(user, model.Items[i]);
                    Assert.That(parts.Sum(p => (double)p.Score), Is.EqualTo(scores[i]).Within(2e-5 * Math.Max(1, Math.Abs(scores[i]))), $"{model.Items[i]}");
                    Assert.That(parts, Is.Ordered.Descending.By(nameof(ModelReason.Score)));
                    Assert.That(parts.Where(p => p.Item is not null).Select(p => (p.Name, p.Item)), Is.Unique);
                }
                Assert.That(model.Explain(user, "unknown"), Is.Empty);
            }
        }
    }

    [Test]
    public void Similar_StaysWithinATaste([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel model = FittedModels.Fit(name, catalog, log);
        IReadOnlyList<ScoredItem> similar = model.Similar("kitchen-3", 6);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Similar("unknown", 5), Is.Empty);
            if (name is "popular" or "random" or "baseline" or "Slope One") Assert.That(similar, Is.Empty);
            else Assert.That(similar.Count(s => s.Item.StartsWith("kitchen", StringComparison.Ordinal)), Is.GreaterThan(similar.Count / (model is RatingModel ? 3 : 2)), "a third would be chance");
            Assert.That(similar.Select(s => s.Item), Does.Not.Contain("kitchen-3"));
            Assert.That(similar, Is.Ordered.Descending.By(nameof(ScoredItem.Score)));
        }
    }

    [Test]
    public async Task Load_BringsBackWhatWasSaved([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel model = FittedModels.Fit(name, catalog, log);
        model = await model.WithItemsAsync(catalog, LsaItemEncoder.Fit(catalog, new() { Dimensions = 8 }), new() { Neighbours = 3 });
        using var folder = new TemporaryFolder();
        await model.SaveAsync(folder.Path);
        FittedModel loaded = await FittedModel.LoadAsync(folder.Path);
        Interaction[] news = [new("u3", "garden-3", InteractionKind.Rating, 5), new("new", "garden-4", InteractionKind.Rating, 4)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(loaded, Is.TypeOf(model.GetType()));
            Assert.That((loaded.Name, loaded.EventCount), Is.EqualTo((model.Name, model.EventCount)));
            Assert.That(FittedModels.Scores(loaded, "u1", "u8"), Is.EqualTo(FittedModels.Scores(model, "u1", "u8")));
            Assert.That(loaded.Explain(UserContext.Of("u2"), "space-3"), Is.EqualTo(model.Explain(UserContext.Of("u2"), "space-3")));
            Assert.That(FittedModels.Scores(loaded.Update(news), "u3", "new"), Is.EqualTo(FittedModels.Scores(model.Update(news), "u3", "new")));
            Assert.That(FittedModels.Scores(loaded.Refit(), "u3"), Is.EqualTo(FittedModels.Scores(model.Refit(), "u3")));
        }
    }

    [Test]
    public async Task Load_SaysWhatIsWrongWithAFolder()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        using var folder = new TemporaryFolder();
        await FittedModels.Fit("EASE", catalog, log).SaveAsync(folder.Path);
        string manifest = Path.Combine(folder.Path, "manifest.json"), good = await File.ReadAllTextAsync(manifest);
        using (Assert.EnterMultipleScope())
        {
            await Refused(good.Replace("\"ease\"", "\"oracle\"", StringComparison.Ordinal), "oracle");
            await Refused(good.Replace("\"version\": 1", "\"version\": 9", StringComparison.Ordinal), "version 9");
            await Refused(good.Replace("llmrec.classical", "llmrec.model", StringComparison.Ordinal), "LoadAsync");
            await Refused(good.Replace("\"regularisation\": 5", "\"regularisation\": -5", StringComparison.Ordinal), "cannot be understood");
            await Refused("{", "cannot be understood");
            await File.WriteAllTextAsync(manifest, good);
            string tensors = Directory.GetFiles(folder.Path, "*.safetensors").Single();
            byte[] bytes = await File.ReadAllBytesAsync(tensors);
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(tensors, bytes);
            await Assert.ThatAsync(() => FittedModel.LoadAsync(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("SHA-256"));
            await Assert.ThatAsync(() => FittedModel.LoadAsync(Path.Combine(folder.Path, "elsewhere")), Throws.InstanceOf<DirectoryNotFoundException>());
        }

        async Task Refused(string text, string word)
        {
            await File.WriteAllTextAsync(manifest, text);
            await Assert.ThatAsync(() => FittedModel.LoadAsync(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(word));
        }
    }

    [Test]
    public async Task WithItems_RecommendsColdItemsByTheirText([ValueSource(nameof(Names))] string name)
    {
        if (name is "random" or "popular" or "baseline" or "Slope One") return;   // the same list for everybody
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel plain = FittedModels.Fit(name, catalog, log);
        var larger = new Catalog([.. catalog, new Item { Id = "brand-new", Title = "rocket orbit comet", Text = "galaxy planet star rocket moon", Categories = ["space"] }]);
        FittedModel model = await plain.WithItemsAsync(larger, LsaItemEncoder.Fit(larger, new() { Dimensions = 12 }));
        UserContext astronomer = new() { History = [.. Enumerable.Range(0, 6).Select(i => new Interaction("", $"space-{i}", InteractionKind.Rating, 5)), .. Enumerable.Range(0, plain is RatingModel ? 4 : 0).Select(i => new Interaction("", $"kitchen-{i}", InteractionKind.Rating, 1))] };
        float[] scores = new float[model.Items.Count], before = new float[plain.Items.Count];
        model.Score([new(astronomer, [])], scores);
        plain.Score([new(astronomer, [])], before);
        float Of(string id) => scores[Enumerable.Range(0, scores.Length).First(i => model.Items[i] == id)];
        float kitchen = Enumerable.Range(4, 9).Average(i => Of($"kitchen-{i}"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Items[^1], Is.EqualTo("brand-new"));
            Assert.That(Of("brand-new"), Is.GreaterThan(kitchen));
            Assert.That(Of("space-14"), Is.GreaterThan(kitchen));
            Assert.That(model.Similar("brand-new", 3).Select(s => s.Item[..5]), Is.EqualTo((string[])["space", "space", "space"]));
            // the number of items stands in the user weights of TF-IDF and BM25, in the penalties of scaled ALS, and in the means of the utility; models of texts take the new ones
            if (name is not ("item-KNN TF-IDF" or "item-KNN BM25" or "iALS scaled" or "text-KNN" or "text mean" or "utility"))
                for (int i = 0; i < before.Length; i++)
                    if (log.Any(e => e.Item == plain.Items[i] && e.Kind == InteractionKind.Rating)) Assert.That(scores[i], Is.EqualTo(before[i]), plain.Items[i]);
        }
    }

    [Test]
    public void Recommend_LeavesOutWhatTheUserHas([ValueSource(nameof(Names))] string name)
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        FittedModel model = FittedModels.Fit(name, catalog, log);
        string[] seen = [.. log.Where(e => e.User == "u4").Select(e => e.Item), "space-9"];
        UserContext user = new() { Id = "u4", History = [new("", "space-9")] };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Recommend(user, 45).Select(s => s.Item).Intersect(name == "random" ? ["space-9"] : seen), Is.Empty);
            Assert.That(model.Recommend(user, 45, excludeSeen: false), Has.Count.EqualTo(45));
        }
    }
}
