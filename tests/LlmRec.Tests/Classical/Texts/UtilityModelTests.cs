namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class UtilityModelTests
{
    private static readonly UtilityPart[] s_parts =
    [
        new("content", (c, l) => ContentModel.Fit(c, l)),
        new("rating", (c, l) => BaselineRatingModel.Fit(c, l)),
        new("related", (c, l) => ItemKnnModel.Fit(c, l, new() { Neighbours = 10 })),
        new("chance", (c, _) => new RandomModel([.. c.Select(i => i.Id)], 5)),
    ];

    [Test]
    public void Fit_GivesWeightToWhatForetellsAndNoneToChance()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        UtilityModel model = UtilityModel.Fit(catalog, log, s_parts);
        Dictionary<string, double> weights = model.Parts.ToDictionary(p => p.Name, p => p.Weight);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(weights["content"] + weights["related"], Is.GreaterThan(0.8));
            Assert.That(Math.Abs(weights["chance"]), Is.LessThan(0.4));
            Assert.That(UtilityModel.Fit(catalog, log, s_parts).Parts.Select(p => p.Weight), Is.EqualTo(model.Parts.Select(p => p.Weight)), "whatever the threads do");
        }
    }

    /// <summary>At the maximum the gradient of the likelihood is the penalty's: moving a weight either way makes it worse.</summary>
    [Test]
    public void Fit_BeatsEachPartAlone()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        DataSplit split = DataSplit.LeaveLastOut(log, catalog);
        UtilityModel model = UtilityModel.Fit(catalog, split.Train, s_parts);
        var options = new EvaluationOptions { BootstrapSamples = 0, Metrics = [Metric.Mrr(45)] };
        double Mrr(IScoringModel m) => Evaluator.Evaluate(split, [m], options)[m.Name, "MRR@45"].Value!.Value;
        double worst = s_parts.Min(p => Mrr(p.Fit(catalog, split.Train)));
        Assert.That(Mrr(model), Is.GreaterThan(worst * 1.2));
    }

    [Test]
    public void Explain_HasPartsThatSumToTheScore()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        UtilityModel model = UtilityModel.Fit(catalog, log, s_parts);
        float[] scores = new float[45];
        model.Score([new(FittedModels.Stranger, [])], scores);
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < 45; i++)
                Assert.That(model.Explain(FittedModels.Stranger, model.Items[i]).Sum(r => (double)r.Score), Is.EqualTo(scores[i]).Within(1e-4));
            Assert.That(model.Explain(FittedModels.Stranger, "unknown"), Is.Empty);
        }
    }

    [Test]
    public async Task Weights_StayInAnUpdateAndOnDiskAndAreLearnedAgainInARefit()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        Interaction[] events = [.. log];
        UtilityModel model = UtilityModel.Fit(catalog, new(events[..200]), s_parts), updated = model.Update(events[200..]), all = UtilityModel.Fit(catalog, log, s_parts);
        using var folder = new TemporaryFolder();
        await updated.SaveAsync(folder.Path);
        var loaded = (UtilityModel)await FittedModel.LoadAsync(folder.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Weights(updated), Is.EqualTo(Weights(model)));
            Assert.That(Weights(loaded), Is.EqualTo(Weights(model)));
            Assert.That(loaded.Parts.Select(p => p.Model.GetType()), Is.EqualTo(model.Parts.Select(p => p.Model.GetType())));
            Assert.That(Weights(loaded.Refit()), Is.EqualTo(Weights(all)).And.Not.EqualTo(Weights(model)));
            Assert.That(Weights(all.Forget("u5")), Is.EqualTo(Weights(UtilityModel.Fit(catalog, new(log.Where(e => e.User != "u5")), s_parts))).And.Not.EqualTo(Weights(all)));
        }

        static double[] Weights(UtilityModel model) => [.. model.Parts.Select(p => p.Weight)];
    }

    [Test]
    public async Task Load_SaysWhenAPartIsMissing()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        using var folder = new TemporaryFolder();
        await UtilityModel.Fit(catalog, log, s_parts).SaveAsync(folder.Path);
        foreach (string part in Directory.GetFiles(folder.Path, "model.2.*")) File.Delete(part);
        await Assert.ThatAsync(() => FittedModel.LoadAsync(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("model.2."));
    }

    [Test]
    public void Fit_RefusesPartsThatDoNotFit()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => UtilityModel.Fit(catalog, log, []), Throws.ArgumentException);
            Assert.That(() => UtilityModel.Fit(catalog, log, [s_parts[0], s_parts[0]]), Throws.ArgumentException.With.Message.Contains("one name"));
            Assert.That(() => UtilityModel.Fit(catalog, log, [new("other", (_, l) => new RandomModel(["x"]))]), Throws.ArgumentException.With.Message.Contains("other"));
            Assert.That(UtilityModel.Fit(catalog, new([new("u", "space-1", InteractionKind.Rating, 3)]), s_parts).Parts.Select(p => p.Weight), Is.All.EqualTo(1), "nothing to learn from");
        }
    }

    [Test]
    public async Task Utility_IsThreeFeaturesWhoseWeightsTheHeadLearns()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        IReadOnlyList<IFeature> features = Features.Utility(ContentModel.Fit(catalog, log), new PopularModel(log, [.. catalog.Select(i => i.Id)]), ItemKnnModel.Fit(catalog, log));
        var head = new LinearScoringHead(features);
        Recommender recommender = await new RecommenderBuilder(catalog, log).UseRanker(head).UseOptions(new() { TimeProvider = SmallShop.Clock }).BuildAsync();
        Recommendation best = recommender.Recommend(UserContext.Of("u1"), new() { Count = 1 })[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(head.FeatureNames.Take(3), Is.EqualTo((string[])["utility.content", "utility.rating", "utility.related"]));
            Assert.That(head.Weights.Take(3).Select(Math.Abs), Has.Some.GreaterThan(0.05));
            Assert.That(best.Explanation.Parts.Sum(p => p.Value), Is.EqualTo(best.Score).Within(1e-5));
        }
    }
}
