namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class ScoringModelFeatureTests
{
    [Test]
    public void Compute_IsTheTransformedScoreOfTheModel()
    {
        SmallWorld world = new(30, 40, 600, seed: 4);
        ItemTransitionModel model = ItemTransitionModel.Fit(world.Catalog, world.Log, new() { Regularisation = 5 });
        float[] scores = new float[30], values = new float[30];
        model.Score([new(UserContext.OfHistory("i2", "i9", "i4"), [])], scores);
        Features.Score(model, 20).Compute(world.User(4, 9, 2), world.All(), values);
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < 30; i++) Assert.That(values[i], Is.EqualTo(Math.Sign(scores[i]) * Math.Log(1 + 20 * Math.Abs(scores[i]))).Within(1e-6));
            Assert.That(values.Min(), Is.Negative);
        }
    }

    [Test]
    public void Compute_IsZeroForItemsTheModelDoesNotKnow()
    {
        SmallWorld world = new(30, 40, 600, seed: 4);
        var half = new Catalog(world.Catalog.Take(15));
        IFeature feature = Features.Score(ItemKnnModel.Fit(half, world.Log, new() { Neighbours = null }));
        float[] values = new float[30];
        feature.Compute(world.User(4, 20, 2), world.All(), values);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values[15..], Is.All.Zero);
            Assert.That(values[..15], Has.Some.Positive);
        }
        world.Catalog.Add(new Item { Id = "late" });
        values = new float[31];
        feature.Compute(world.User(4, 20, 2), world.All(), values);
        Assert.That(values[30], Is.Zero, "an item that came after the numbering");
    }

    [Test]
    public void Shares_ComeFromTheItemsBehindTheScore()
    {
        SmallWorld world = new(30, 40, 600, seed: 4);
        ItemKnnModel model = ItemKnnModel.Fit(world.Catalog, world.Log, new() { Neighbours = null });
        var feature = (IHistoryFeature)Features.Score(model);
        float[] shares = new float[3];
        feature.Shares(world.User(4, 9, 4), 7, shares);
        float near = (float)model.WeightOf("i4", "i7"), far = (float)model.WeightOf("i9", "i7");
        Assert.That(shares, Is.EqualTo(new[] { near / (near + far), far / (near + far), 0 }).Within(1e-6f));
    }

    [Test]
    public void Fit_GivesWeightToTheFeatureThatKnowsWhatFollows()
    {
        SmallWorld world = new(60, 200, 6000, seed: 6);
        HeldBackEvents teach = HeldBackEvents.LastOfEachUser(world.Log, world);
        ItemTransitionModel model = ItemTransitionModel.Fit(world.Catalog, teach.Train, new() { Regularisation = 5 });
        var head = new LinearScoringHead([Features.Popularity(), Features.Score(model)]);
        world.Behaviour = BehaviourModel.Build(world.Catalog, teach.Train);
        head.Fit(teach, world);
        int at = head.FeatureNames.ToList().IndexOf("model." + model.Name);
        Assert.That(head.Weights[at], Is.GreaterThan(0.5f));
    }

    [Test]
    public void Score_RefusesAScaleThatIsNotPositive()
    {
        SmallWorld world = new(5, 5, 30, seed: 4);
        Assert.That(() => Features.Score(ItemKnnModel.Fit(world.Catalog, world.Log), 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
