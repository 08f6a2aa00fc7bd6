using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class BprModelTests
{
    [Test]
    public void Recommend_IsAsGoodAsTheGoldenRuns()
    {
        JsonElement golden = Golden.Json("golden/cf/bpr_ml-100k.json").GetProperty("quality").GetProperty("factors64.lr0.01.reg0.01.iterations100").GetProperty("test_exclude_train_valid").GetProperty("ndcg@10");
        double mean = golden.GetProperty("mean").GetDouble(), sd = golden.GetProperty("sd").GetDouble();
        BprModel model = BprModel.Fit(FactorGolden.Catalog, FactorGolden.Split.Train);
        double folded = FactorGolden.Evaluate(model).Ndcg, trained = FactorGolden.Evaluate(new ById(model)).Ndcg;
        TestContext.Out.WriteLine($"NDCG@10 trained {trained:0.0000}, folded in {folded:0.0000}; implicit {mean:0.0000} ± {sd:0.0000}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trained, Is.GreaterThan(mean - 2 * sd));
            Assert.That(folded, Is.GreaterThan(mean - 2 * sd));
        }
    }

    /// <summary>Both of the golden file's step lengths; the longer one overfits in theirs as in ours.</summary>
    [TestCase(0.01)]
    [TestCase(0.05)]
    [Explicit("half a minute")]
    public void Recommend_IsAsGoodAsTheGoldenRunsOfBothSteps(double rate) =>
        FactorGolden.AssertQuality(Golden.Json("golden/cf/bpr_ml-100k.json").GetProperty("quality").GetProperty(FormattableString.Invariant($"factors64.lr{rate}.reg0.01.iterations100")), 5,
            (log, seed) => new ById(BprModel.Fit(FactorGolden.Catalog, log, new() { Factors = 64, LearningRate = rate, Regularisation = 0.01, Epochs = 100, Seed = seed })));

    [Test]
    public void Score_PutsTheItemsOfOnesOwnTasteFirst()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        var liked = new InteractionLog(log.Where(e => e.Value >= 3));   // even users took even items, odd ones odd items, almost
        BprModel model = BprModel.Fit(catalog, liked, new() { Factors = 8, Epochs = 300, LearningRate = 0.05 });
        float[] scores = new float[30];
        model.Score([new(UserContext.OfHistory("i1", "i5", "i9", "i21"), [])], scores);
        Assert.That(scores.Where((_, i) => i % 2 == 1).Average(), Is.GreaterThan(scores.Where((_, i) => i % 2 == 0).Average() + 1));
    }

    [Test]
    public void Score_IsTheSameAloneAndInABatchAndFromTheSameSeed()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        var options = new BprOptions { Factors = 5, Epochs = 10 };
        BprModel model = BprModel.Fit(catalog, log, options), again = BprModel.Fit(catalog, log, options), other = BprModel.Fit(catalog, log, options with { Seed = 2 });
        TopNRequest one = new(UserContext.OfHistory("i1", "i4"), []), two = new(UserContext.Of("u5"), []), nobody = new(UserContext.OfHistory("elsewhere"), []);
        float[] batch = new float[90], alone = new float[30], repeated = new float[90], different = new float[90];
        model.Score([two, one, nobody], batch);
        model.Score([one], alone);
        again.Score([two, one, nobody], repeated);
        other.Score([two, one, nobody], different);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(batch[30..60], Is.EqualTo(alone));
            Assert.That(repeated, Is.EqualTo(batch));
            Assert.That(different, Is.Not.EqualTo(batch));
            Assert.That(batch[60..], Is.EqualTo(model.ItemBiases.ToArray().Select(b => (float)b)), "a stranger gets what everybody likes");
        }
    }

    [Test]
    public void NegativeItems_ComeInProportionToAPowerOfTheirCount([Values(0, 0.5, 1)] double power)
    {
        var catalog = new Catalog(((string[])["one", "four", "sixteen", "never"]).Select(id => new Item { Id = id }));
        var log = new InteractionLog();
        foreach ((string id, int count) in ((string, int)[])[("one", 1), ("four", 4), ("sixteen", 16)])
            for (int u = 0; u < count; u++) log.Add($"u{u}", id);
        PositivePairs pairs = PositivePairs.From(catalog, log);
        int[] taken = [.. Enumerable.Range(0, pairs.Matrix.Rows).SelectMany(u => pairs.Matrix.ColumnsOf(u).ToArray())];
        var negatives = new NegativeItems(pairs, taken, power);
        var random = new SplitMix(3);
        int[] drawn = new int[4];
        for (int n = 0; n < 100_000; n++) drawn[negatives.Next(ref random)]++;
        double[] weights = [1, Math.Pow(4, power), Math.Pow(16, power), 0];
        Assert.That(drawn.Select(d => d / 1e5), Is.EqualTo(weights.Select(w => w / weights.Sum())).Within(0.006));
    }

    [Test]
    public void Fit_RefusesAPowerOutOfRange([Values(-0.1, 1.1, double.NaN)] double power) =>
        Assert.That(() => BprModel.Fit(new Catalog([]), new(), new() { NoisePower = power }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("0 to 1"));

    [Test]
    public void Score_IsFiniteWhereThereIsNothingToLearn()
    {
        (Catalog catalog, _) = SmallRatings.Make();
        float[] scores = new float[30];
        BprModel.Fit(catalog, new()).Score([new(UserContext.OfHistory("i1"), [])], scores);
        Assert.That(scores, Is.All.Zero);
        var everything = new InteractionLog(catalog.Select(i => new Interaction("u", i.Id)));
        BprModel.Fit(catalog, everything).Score([new(UserContext.Of("u"), [])], scores);
        Assert.That(scores.All(float.IsFinite), Is.True);
    }

    /// <summary>Finds the training user that a history is of, so that the trained vector is measured.</summary>
    private sealed class ById(BprModel model) : IScoringModel
    {
        private readonly Dictionary<string, string> _ids = FactorGolden.Split.Log.Users.ToDictionary(u => string.Join(' ', FactorGolden.Split.EventsOf(u, EventRole.Train).Select(e => e.Item)));

        public string Name => "trained";

        public IReadOnlyList<string> Items => model.Items;

        public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores) =>
            model.Score([.. requests.Select(r => r with { User = UserContext.Of(_ids[string.Join(' ', r.User.History.Select(e => e.Item))]) })], scores);
    }
}
