using System.Numerics.Tensors;

namespace LlmRec.Tests;

internal sealed class GeometryItemEncoderTests
{
    /// <summary>Vectors in a narrow cone, as language models give: what an item is about is a small part of them.</summary>
    private sealed class ConeEncoder : IItemEncoder
    {
        public int Dimensions => 24;

        public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < items.Count; i++)
            {
                Span<float> v = vectors.Span.Slice(i * Dimensions, Dimensions);
                v.Clear();
                string text = items[i].Title + items[i].Text;
                if (text.Length == 0) continue;
                v[0] = 30;
                foreach (string word in text.Split(' ')) v[1 + (int)(TermTable.Hash(word) % 23)] += 1;
                TensorPrimitives.Divide(v, TensorPrimitives.Norm<float>(v), v);
            }
            return ValueTask.CompletedTask;
        }
    }

    private static async Task<float[]> Encode(IItemEncoder encoder, params Item[] items)
    {
        var vectors = new float[items.Length * encoder.Dimensions];
        await encoder.EncodeAsync(items, vectors);
        return vectors;
    }

    [Test]
    public async Task Encode_SpreadsACone_BatchEqualsSingle_AndRowsAreUnitLength()
    {
        Item[] items = [.. SmallShop.Catalog(100)];
        var cone = new ConeEncoder();
        GeometryItemEncoder encoder = await GeometryItemEncoder.FitAsync(cone, items);
        float[] before = await Encode(cone, items), after = await Encode(encoder, items);
        int d = cone.Dimensions, k = encoder.Dimensions;
        double Mean(float[] v, int n) => Enumerable.Range(1, items.Length - 1).Average(i => TensorPrimitives.Dot(v.AsSpan(0, n), v.AsSpan(i * n, n)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Mean(before, d), Is.GreaterThan(0.9));
            Assert.That(Math.Abs(Mean(after, k)), Is.LessThan(0.2));
            for (int i = 0; i < items.Length; i += 7)
            {
                Assert.That(await Encode(encoder, items[i]), Is.EqualTo(after[(i * k)..((i + 1) * k)]));
                Assert.That(TensorPrimitives.Norm<float>(after.AsSpan(i * k, k)), Is.EqualTo(1).Within(1e-5));
            }
            Assert.That(await Encode(encoder, new Item { Id = "empty" }), Is.All.Zero);
        }
    }

    [Test]
    public async Task Builder_GivesTheSame_AsFittingFirst()
    {
        Catalog catalog = SmallShop.Catalog();
        using Recommender built = await new RecommenderBuilder(catalog).UseItemEncoder(new ConeEncoder()).UseGeometry(new() { Whitening = Whitening.Zca }).BuildAsync();
        GeometryItemEncoder encoder = await GeometryItemEncoder.FitAsync(new ConeEncoder(), catalog, new() { Whitening = Whitening.Zca });
        using Recommender fitted = await new RecommenderBuilder(catalog).UseItemEncoder(encoder).BuildAsync();
        UserContext user = UserContext.OfText("moon and stars and a comet");
        Assert.That(built.Recommend(user).Select(r => (r.Item.Id, r.Score)), Is.EqualTo(fitted.Recommend(user).Select(r => (r.Item.Id, r.Score))));
    }

    [Test]
    public async Task SaveThenLoad_OverLsa_AnswersTheSame_AndTakesNewItems()
    {
        using var folder = new TemporaryFolder();
        using Recommender shop = await new RecommenderBuilder(SmallShop.Catalog()).UseGeometry().BuildAsync();
        await shop.SaveAsync(folder.Path);
        using Recommender opened = await Recommender.LoadAsync(folder.Path);
        foreach (Recommender r in new[] { shop, opened }) r.Upsert(new Item { Id = "new", Title = "comet astronaut", Categories = ["space"] });
        UserContext user = UserContext.OfText("comet astronaut");
        Assert.That(opened.Recommend(user).Select(r => (r.Item.Id, r.Score)), Is.EqualTo(shop.Recommend(user).Select(r => (r.Item.Id, r.Score))));
        Assert.That(opened.Recommend(user).Select(r => r.Item.Id), Does.Contain("new"));
    }

    [Test]
    public async Task Load_OverAnEncoderOfTheHosts_NeedsThatAlone()
    {
        using var folder = new TemporaryFolder();
        using Recommender shop = await new RecommenderBuilder(SmallShop.Catalog()).UseItemEncoder(new ConeEncoder()).UseGeometry(new() { Dimensions = 8 }).BuildAsync();
        await shop.SaveAsync(folder.Path);
        using Recommender opened = await Recommender.LoadAsync(folder.Path, new() { ItemEncoder = new ConeEncoder() });
        UserContext user = UserContext.OfText("moon and stars");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(opened.Recommend(user).Select(r => (r.Item.Id, r.Score)), Is.EqualTo(shop.Recommend(user).Select(r => (r.Item.Id, r.Score))));
            Assert.That(async () => await Recommender.LoadAsync(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(nameof(LoadOptions.ItemEncoder)));
            Assert.That(async () => await Recommender.LoadAsync(folder.Path, new() { ItemEncoder = new WordVectorItemEncoder(WordPooling.Mean(WordVectors.Create(["a"], [1], 1))) }),
                Throws.TypeOf<InvalidDataException>().With.Message.Contains("24 dimensions"));
        }
    }

    [Test]
    public async Task FitAsync_RefusesNaN_AndStopsWhenAsked()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(async () => await GeometryItemEncoder.FitAsync(new NanEncoder(), SmallShop.Catalog()), Throws.InvalidOperationException.With.Message.Contains("NaN"));
            Assert.That(async () => await GeometryItemEncoder.FitAsync(new ConeEncoder(), SmallShop.Catalog(), cancellationToken: cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(() => new GeometryItemEncoder(new ConeEncoder(), EmbeddingGeometry.Fit(new Kernels.RowMatrix(3, 5))), Throws.ArgumentException.With.Message.Contains("5 dimensions"));
        }
    }

    private sealed class NanEncoder : IItemEncoder
    {
        public int Dimensions => 2;

        public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
        {
            vectors.Span.Fill(float.NaN);
            return ValueTask.CompletedTask;
        }
    }
}
