namespace LlmRec.Tests;

internal sealed class CachedItemEncoderTests
{
    /// <summary>Counts what it is asked for.</summary>
    private sealed class CountingEncoder : IItemEncoder
    {
        public int Dimensions => 3;

        public List<string> Asked { get; } = [];

        public bool GivesNaN { get; init; }

        public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < items.Count; i++)
            {
                Asked.Add(items[i].Id);
                Span<float> v = vectors.Span.Slice(i * 3, 3);
                v.Clear();
                v[items[i].Title.Length % 3] = GivesNaN ? float.NaN : 1;
            }
            return ValueTask.CompletedTask;
        }
    }

    private static Item[] Items(int n) => [.. Enumerable.Range(0, n).Select(i => new Item { Id = $"{i}", Title = new string('x', i + 1) })];

    private static async Task<float[]> Encode(IItemEncoder encoder, params Item[] items)
    {
        var vectors = new float[items.Length * encoder.Dimensions];
        await encoder.EncodeAsync(items, vectors);
        return vectors;
    }

    [Test]
    public async Task Encode_AfterARestart_CostsOnlyWhatChanged()
    {
        using var folder = new TemporaryFolder();
        var inner = new CountingEncoder();
        Item[] items = Items(50);
        float[] first;
        using (FileEmbeddingCache cache = FileEmbeddingCache.Open(folder.File("cache"))) first = await Encode(new CachedItemEncoder(inner, cache, "v1"), items);
        Assert.That(inner.Asked, Has.Count.EqualTo(50));

        inner.Asked.Clear();
        items[7] = items[7] with { Title = "new title" };
        items[9] = items[9] with { Id = "renamed", Time = DateTimeOffset.UnixEpoch };
        using (FileEmbeddingCache cache = FileEmbeddingCache.Open(folder.File("cache")))
        {
            var encoder = new CachedItemEncoder(inner, cache, "v1");
            float[] second = await Encode(encoder, items);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(inner.Asked, Is.EqualTo(new[] { "7" }));
                Assert.That(second, Is.EqualTo(await Encode(inner, items)));
                Assert.That((encoder.Hits, encoder.Misses), Is.EqualTo((49L, 1L)));
            }
            inner.Asked.Clear();
            await Encode(new CachedItemEncoder(inner, cache, "v2"), items);
            Assert.That(inner.Asked, Has.Count.EqualTo(50), "another model shares nothing");
        }
    }

    [Test]
    public async Task Encode_SameContentTwiceInABatch_EncodesItOnce()
    {
        var inner = new CountingEncoder();
        var encoder = new CachedItemEncoder(inner, new MemoryEmbeddingCache(), "v1");
        Item a = new() { Id = "a", Title = "same" }, b = new() { Id = "b", Title = "same" };
        Assert.That(await Encode(encoder, a, b), Is.EqualTo(new float[] { 0, 1, 0, 0, 1, 0 }));
        Assert.That(inner.Asked, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Key_ChangesWithEverythingAnEncoderCouldRead_AndNothingElse()
    {
        Item item = new() { Id = "a", Title = "t", Text = "x", Categories = ["c", "d"], Attributes = new Dictionary<string, string> { ["p"] = "1", ["q"] = "2" } };
        EmbeddingKey key = EmbeddingKey.Of("v1", item);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(EmbeddingKey.Of("v1", item with { Id = "b", Time = DateTimeOffset.UnixEpoch, Attributes = new Dictionary<string, string> { ["q"] = "2", ["p"] = "1" } }), Is.EqualTo(key));
            Item[] others =
            [
                item with { Title = "tx", Text = "" }, item with { Title = "", Text = "tx" }, item with { Categories = ["d", "c"] }, item with { Categories = ["cd"] }, item with { Categories = [] },
                item with { Attributes = new Dictionary<string, string> { ["p"] = "12", ["q"] = "" } }, item with { Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["image"] = new float[] { 1 } } },
                item with { Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["image"] = new float[] { 2 } } },
            ];
            EmbeddingKey[] keys = [key, EmbeddingKey.Of("v2", item), .. others.Select(o => EmbeddingKey.Of("v1", o))];
            Assert.That(keys, Is.Unique);
            Assert.That(EmbeddingKey.Of("ab", "c"), Is.Not.EqualTo(EmbeddingKey.Of("a", "bc")));
        }
    }

    [Test]
    public async Task Encode_WithTheWordsThatAreRead_IgnoresOtherFields()
    {
        var inner = new CountingEncoder();
        var encoder = new CachedItemEncoder(inner, new MemoryEmbeddingCache(), "v1", new ItemText { TextWeight = 0 });
        Item item = new() { Id = "a", Title = "t", Text = "long" };
        await Encode(encoder, item);
        await Encode(encoder, item with { Text = "longer", Attributes = new Dictionary<string, string> { ["price"] = "3" } });
        Assert.That(inner.Asked, Has.Count.EqualTo(1));
        await Encode(encoder, item with { Title = "t2" });
        Assert.That(inner.Asked, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Fingerprint_OfFittedEncoders_IsTheirState()
    {
        using var cache = FileEmbeddingCache.Open(Path.Combine(TestContext.CurrentContext.WorkDirectory, $"fingerprint-{Guid.NewGuid():N}"));
        string One(IItemEncoder e) => new CachedItemEncoder(e, cache).Fingerprint;
        Item[] items = [.. SmallShop.Catalog()];
        LsaItemEncoder lsa = LsaItemEncoder.Fit(items), same = LsaItemEncoder.Fit(items), other = LsaItemEncoder.Fit(items[1..]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(One(same), Is.EqualTo(One(lsa)));
            Assert.That(One(other), Is.Not.EqualTo(One(lsa)));
            Assert.That(One(await GeometryItemEncoder.FitAsync(lsa, items)), Is.EqualTo(One(await GeometryItemEncoder.FitAsync(same, items))).And.Not.EqualTo(One(lsa)));
            Assert.That(() => One(new CountingEncoder()), Throws.ArgumentException.With.Message.Contains("does not say which encoder"));
            Assert.That(One(new CachedItemEncoder(new CountingEncoder(), cache, "mine")), Is.EqualTo("mine"));
        }
        cache.Dispose();
        File.Delete(cache.Path);
        File.Delete(cache.Path + ".lock");
    }

    [Test]
    public async Task Recommender_OverACache_AnswersTheSame_AndIsSavedWithoutIt()
    {
        using var folder = new TemporaryFolder();
        LsaItemEncoder lsa = LsaItemEncoder.Fit(SmallShop.Catalog());
        using Recommender plain = await new RecommenderBuilder(SmallShop.Catalog()).UseItemEncoder(lsa).BuildAsync();
        var cached = new CachedItemEncoder(lsa, new MemoryEmbeddingCache());
        using Recommender shop = await new RecommenderBuilder(SmallShop.Catalog()).UseItemEncoder(cached).UseGeometry().BuildAsync();
        using Recommender direct = await new RecommenderBuilder(SmallShop.Catalog()).UseItemEncoder(lsa).UseGeometry().BuildAsync();
        await shop.SaveAsync(folder.Path);
        using Recommender opened = await Recommender.LoadAsync(folder.Path);
        UserContext user = UserContext.OfText("moon and a comet");
        var expected = direct.Recommend(user).Select(r => (r.Item.Id, r.Score)).ToArray();
        Assert.That(shop.Recommend(user).Select(r => (r.Item.Id, r.Score)), Is.EqualTo(expected));
        Assert.That(opened.Recommend(user).Select(r => (r.Item.Id, r.Score)), Is.EqualTo(expected));
        Assert.That(cached.Misses, Is.GreaterThan(0));
    }

    [Test]
    public void Encode_KeepsNothingThatIsNotFinite()
    {
        var cache = new MemoryEmbeddingCache();
        var encoder = new CachedItemEncoder(new CountingEncoder { GivesNaN = true }, cache, "v1");
        Assert.That(async () => await Encode(encoder, Items(3)), Throws.InvalidOperationException);
        Assert.That(cache.Count, Is.Zero);
        Assert.That(async () => await encoder.EncodeAsync(Items(2), new float[5]), Throws.ArgumentException.With.Message.Contains("need 6"));
    }

    [Test]
    public void Memory_StaysWithinItsBound_AndForgetsWhatWasNotUsed()
    {
        var cache = new MemoryEmbeddingCache(10 * (160 + 4 * 4));
        for (int i = 0; i < 30; i++)
        {
            cache.Add(EmbeddingKey.Of("v", $"{i}"), [i, 0, 0, 0]);
            Assert.That(cache.TryGet(EmbeddingKey.Of("v", "0"), new float[4]), Is.True);
        }
        var vector = new float[4];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cache.Count, Is.EqualTo(10));
            Assert.That(Enumerable.Range(0, 30).Where(i => cache.TryGet(EmbeddingKey.Of("v", $"{i}"), vector) && vector[0] == i), Is.EqualTo(new[] { 0, 21, 22, 23, 24, 25, 26, 27, 28, 29 }));
            Assert.That(() => new MemoryEmbeddingCache(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }
}
