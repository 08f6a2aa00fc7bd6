namespace LlmRec.Tests;

internal sealed class GeneratorUserEncoderTests
{
    private static UserProfile Nobody()
    {
        var profile = new UserProfile();
        profile.Reset(new UserContext(), new ItemSpace(new Catalog([]), new Kernels.RowMatrix(1, 4)), SmallShop.Start);
        return profile;
    }

    [Test]
    public async Task Encode_SaysWhatTheUserSays_AndTheLatestTitlesOnce_AndAsksOnlyOnce()
    {
        var generator = new FakeGenerator(64, new("acme", null, "m", 64));
        var catalog = new Catalog([.. Enumerable.Range(0, 8).Select(i => new Item { Id = $"{i}", Title = i == 3 ? "" : $"title {i}" })]);
        using Recommender shop = await new RecommenderBuilder(catalog).UseEmbeddingGenerator(generator)
            .UseUserEncoder(new GeneratorUserEncoder(generator, new() { Prompt = "query: ", HistoryItems = 3 })).UseOptions(new() { RankAllUpTo = 0 }).BuildAsync();
        generator.Asked.Clear();
        UserContext user = UserContext.OfHistory("0", "1", "2", "3", "2", "4") with { Text = " slow films " };
        shop.Recommend(user);
        shop.Recommend(user);
        Assert.That(generator.Asked.SelectMany(a => a).Where(t => t.StartsWith("query", StringComparison.Ordinal)), Is.EqualTo(new[] { "query: slow films. title 4. title 2. title 1" }));
    }

    [Test]
    public void Encode_OfAUserOfWhomNothingIsKnown_HasNoWeight()
    {
        var generator = new FakeGenerator();
        var encoder = new GeneratorUserEncoder(generator);
        float[] vectors = [1, 1, 1, 1], weights = [1];
        encoder.Encode([Nobody()], 4, vectors, weights);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vectors, Is.All.Zero);
            Assert.That(weights[0], Is.Zero);
            Assert.That(generator.Asked, Is.Empty);
        }
    }

    [Test]
    public void Encode_RefusesOtherDimensions_AndNaN()
    {
        float[] vectors = new float[4], weights = new float[1];
        GeneratorUserEncoder With(FakeGenerator g) => new(g, new() { Compose = _ => "somebody" });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => With(new FakeGenerator(3)).Encode([Nobody()], 4, vectors, weights), Throws.InvalidOperationException.With.Message.Contains("3 dimensions"));
            Assert.That(() => With(new FakeGenerator { Vector = _ => [0, 0, 0, float.NaN] }).Encode([Nobody()], 4, vectors, weights), Throws.InvalidOperationException.With.Message.Contains("NaN"));
            Assert.That(() => With(new FakeGenerator()).Encode([Nobody()], 4, new float[3], weights), Throws.ArgumentException);
            Assert.That(() => new GeneratorUserEncoder(new FakeGenerator(), new() { HistoryItems = -1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
        With(new FakeGenerator()).Encode([Nobody()], 4, vectors, weights);
        Assert.That(weights[0], Is.EqualTo(1));
    }
}
