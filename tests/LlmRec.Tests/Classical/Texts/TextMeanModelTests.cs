namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class TextMeanModelTests
{
    private const int Items = 12, D = 5;

    /// <summary>Reads the vector off the item's title.</summary>
    private sealed class TitleNumbers : IItemEncoder
    {
        public int Dimensions => D;

        public static float[] Of(string title)
        {
            float[] v = [.. title.Split(' ').Select(float.Parse)];
            float length = MathF.Sqrt(v.Sum(x => x * x));
            return length == 0 ? v : [.. v.Select(x => x / length)];
        }

        public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < items.Count; i++) Of(items[i].Title).CopyTo(vectors.Span[(i * D)..]);
            return ValueTask.CompletedTask;
        }
    }

    private static Catalog Numbers()
    {
        var random = new SplitMix(4);
        // the last item has nothing to encode
        return new(Enumerable.Range(0, Items).Select(i => new Item { Id = $"i{i}", Title = string.Join(' ', Enumerable.Range(0, D).Select(_ => i == Items - 1 ? 0 : random.Next(19) - 9)) }));
    }

    [Test]
    public async Task Score_IsTheCosineToTheDecayedMean()
    {
        Catalog catalog = Numbers();
        var log = new InteractionLog([new("u", "i5"), new("u", "i0"), new("u", "i0", InteractionKind.Dislike)]);
        TextMeanModel model = await TextMeanModel.FitAsync(catalog, log, new TitleNumbers(), new() { Decay = 0.5, Past = 3 });
        // the stored events come before the given ones; the fourth newest is too old, the item without text adds nothing but takes a place
        UserContext user = UserContext.OfHistory("i11", "i2") with { Id = "u" };
        (string Item, double Share)[] shares = [("i2", 1), ("i11", 0.5), ("i0", 0.25)];
        double[] mean = new double[D];
        foreach ((string item, double share) in shares)
            for (int k = 0; k < D; k++) mean[k] += share * TitleNumbers.Of(catalog[item].Title)[k];
        double length = Math.Sqrt(mean.Sum(x => x * x));

        float[] together = new float[2 * Items], alone = new float[Items];
        model.Score([new(UserContext.OfHistory("i7"), []), new(user, [])], together);
        model.Score([new(user, [])], alone);
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < Items; i++)
            {
                float[] v = TitleNumbers.Of(catalog[$"i{i}"].Title);
                double cosine = 0;
                for (int k = 0; k < D; k++) cosine += mean[k] * v[k] / length;
                Assert.That(alone[i], Is.EqualTo(cosine).Within(1e-6), $"i{i}");
            }
            Assert.That(together.AsSpan(Items).ToArray(), Is.EqualTo(alone), "the same bits alone and in a batch");
            Assert.That(together[7], Is.EqualTo(1).Within(1e-6));
            Assert.That(model.Explain(user, "i3").Select(r => r.Item), Is.SupersetOf((string[])["i2", "i0"]).And.Not.Contains("i11"));
        }
    }

    [Test]
    public async Task Recommend_FindsNewItemsByTheirWords()
    {
        Catalog catalog = SmallShop.Catalog();
        DataSplit split = DataSplit.ColdItems(SmallShop.Log(), 0.2, 0, seed: 2, catalog: catalog);
        LsaItemEncoder encoder = LsaItemEncoder.Fit(catalog, new() { Dimensions = 12 });
        TextMeanModel text = await TextMeanModel.FitAsync(catalog, split.Train, encoder);
        var warm = new Catalog(split.Train.Items.Select(i => catalog[i]));
        ItemKnnModel knn = await ItemKnnModel.Fit(warm, split.Train).WithItemsAsync(catalog, encoder);
        EvaluationReport report = Evaluator.Evaluate(split, [text, knn], new() { Metrics = [Metric.Ndcg(3)], BootstrapSamples = 0 });
        double random = report["Random", "NDCG@3"].Value!.Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.Items, Is.All.Matches<string>(i => !split.Train.Items.Contains(i)), "only items are ranked that the training never saw");
            Assert.That(report[text.Name, "NDCG@3"].Value, Is.GreaterThan(1.5 * random));
            Assert.That(report[knn.Name, "NDCG@3"].Value, Is.GreaterThan(1.5 * random));
        }
    }

    [Test]
    public async Task Score_IsZeroForAUserWithNothingToSay()
    {
        TextMeanModel model = await TextMeanModel.FitAsync(Numbers(), [], new TitleNumbers());
        float[] scores = new float[2 * Items];
        Array.Fill(scores, float.NaN);
        model.Score([new(new UserContext(), []), new(UserContext.OfHistory("i11", "unknown"), [])], scores);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scores, Is.All.Zero);
            Assert.That(model.Explain(UserContext.OfHistory("i11"), "i1"), Is.Empty);
        }
    }

    [TestCase(0, 5)]
    [TestCase(1.1, 5)]
    [TestCase(double.NaN, 5)]
    [TestCase(0.9, 0)]
    public async Task Fit_RefusesOptionsOutOfRange(double decay, int past) =>
        await Assert.ThatAsync(() => TextMeanModel.FitAsync(Numbers(), [], new TitleNumbers(), new() { Decay = decay, Past = past }), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
