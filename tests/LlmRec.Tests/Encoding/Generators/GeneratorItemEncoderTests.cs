using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace LlmRec.Tests;

internal sealed class GeneratorItemEncoderTests
{
    private static readonly EmbeddingGeneratorMetadata Known = new("acme", new Uri("http://models.invalid"), "embed-1", 4);

    private static async Task<float[]> Encode(IItemEncoder encoder, params Item[] items)
    {
        var vectors = new float[items.Length * encoder.Dimensions];
        Array.Fill(vectors, 9);
        await encoder.EncodeAsync(items, vectors);
        return vectors;
    }

    [Test]
    public async Task CreateAsync_TakesDimensionsFromOptionsMetadataOrAProbe()
    {
        var silent = new FakeGenerator(7);
        var known = new FakeGenerator(4, Known);
        GeneratorItemEncoder probed = await GeneratorItemEncoder.CreateAsync(silent), told = await GeneratorItemEncoder.CreateAsync(known), asked = await GeneratorItemEncoder.CreateAsync(known, new() { Dimensions = 2 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((probed.Dimensions, told.Dimensions, asked.Dimensions), Is.EqualTo((7, 4, 2)));
            Assert.That(silent.Asked, Has.Count.EqualTo(1));
            Assert.That(known.Asked, Is.Empty);
            Assert.That(await Encode(asked, new Item { Id = "a", Title = "x" }), Has.Length.EqualTo(2));
            Assert.That(known.Options.Single()!.Dimensions, Is.EqualTo(2));
            Assert.That(async () => await GeneratorItemEncoder.CreateAsync(new FakeGenerator { Missing = 1 }), Throws.InvalidOperationException);
        }
    }

    [Test]
    public async Task Encode_ScalesToUnitLength_SkipsEmptyItems_AndBatches([Values(1, 3)] int parallel)
    {
        var generator = new FakeGenerator(4, Known);
        GeneratorItemEncoder encoder = await GeneratorItemEncoder.CreateAsync(generator, new() { BatchSize = 3, MaxParallelRequests = parallel });
        Item[] items = [.. Enumerable.Range(0, 10).Select(i => new Item { Id = $"{i}", Title = i % 5 == 4 ? " " : $"word{i} two" })];
        float[] vectors = await Encode(encoder, items);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(generator.Asked.Select(a => a.Length).Order(), Is.EqualTo(new[] { 2, 3, 3 }));
            Assert.That(encoder.InputTokens, Is.EqualTo(16));
            for (int i = 0; i < 10; i++)
            {
                float[] row = vectors[(4 * i)..(4 * i + 4)];
                Assert.That(TensorPrimitives.Norm<float>(row), Is.EqualTo(i % 5 == 4 ? 0 : 1).Within(1e-6));
                Assert.That(await Encode(encoder, items[i]), Is.EqualTo(row));
            }
        }
    }

    [Test]
    public async Task Encode_PutsTheModelsPromptBefore_AndTheQuerysBeforeAUsersWords()
    {
        var generator = new FakeGenerator(4, Known);
        GeneratorItemEncoder encoder = await GeneratorItemEncoder.CreateAsync(generator, new()
        {
            Prompt = "passage: ",
            QueryPrompt = "query: ",
            Text = new() { Template = "[{title}. ][Genres: {categories}. ]{text}[ By {author}]" },
            Request = new() { ModelId = "embed-1" },
        });
        await Encode(encoder, new Item { Id = "a", Title = "Solaris", Categories = ["sf", "classic"], Attributes = new Dictionary<string, string> { ["author"] = "Lem" } }, new Item { Id = "user", Text = "slow films" });
        Assert.That(generator.Asked.Single(), Is.EqualTo(new[] { "passage: Solaris. Genres: sf, classic.  By Lem", "query: slow films" }));
        Assert.That(generator.Options.Single()!.ModelId, Is.EqualTo("embed-1"));
    }

    [Test]
    public async Task Encode_RefusesWhatAnEncoderMustNotGive()
    {
        async Task<GeneratorItemEncoder> With(FakeGenerator g) => await GeneratorItemEncoder.CreateAsync(g, new() { Dimensions = 4 });
        Item item = new() { Id = "i7", Title = "x" };
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        GeneratorItemEncoder nan = await With(new() { Vector = _ => [1, float.NaN, 0, 0] }), infinite = await With(new() { Vector = _ => [float.PositiveInfinity, 0, 0, 0] });
        GeneratorItemEncoder narrow = await With(new() { Vector = _ => [1, 2] }), missing = await With(new() { Missing = 1 }), zero = await With(new() { Vector = _ => [0, 0, 0, 0] }), huge = await With(new() { Vector = _ => [3e38f, 3e38f, 0, 0] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(async () => await Encode(nan, item), Throws.InvalidOperationException.With.Message.Contains("NaN").And.Message.Contains("'i7'"));
            Assert.That(async () => await Encode(infinite, item), Throws.InvalidOperationException);
            Assert.That(async () => await Encode(narrow, item), Throws.InvalidOperationException.With.Message.Contains("2 dimensions where 4"));
            Assert.That(async () => await Encode(missing, item, item), Throws.InvalidOperationException.With.Message.Contains("2 texts and gave 1"));
            Assert.That(await Encode(zero, item), Is.All.Zero);
            Assert.That(TensorPrimitives.Norm<float>(await Encode(huge, item)), Is.EqualTo(1).Within(1e-6));
            Assert.That(async () => await zero.EncodeAsync([item], new float[3]), Throws.ArgumentException.With.Message.Contains("need 4"));
            Assert.That(async () => await zero.EncodeAsync([item], new float[4], cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(async () => await GeneratorItemEncoder.CreateAsync(new FakeGenerator(), new() { BatchSize = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public async Task Fingerprint_NamesModelPromptAndShape_AndLetsVectorsBeCached()
    {
        var generator = new FakeGenerator(4, Known);
        async Task<string> Of(GeneratorEncoderOptions options) => (await GeneratorItemEncoder.CreateAsync(generator, options)).Fingerprint;
        string[] prints = [await Of(new()), await Of(new() { Prompt = "p" }), await Of(new() { QueryPrompt = "p" }), await Of(new() { Text = new() { Template = "{title}" } }), await Of(new() { Dimensions = 3 }), await Of(new() { Request = new() { ModelId = "embed-2" } })];
        var cache = new MemoryEmbeddingCache();
        var cached = new CachedItemEncoder(await GeneratorItemEncoder.CreateAsync(generator), cache);
        await Encode(cached, new Item { Id = "a", Title = "x" });
        await Encode(cached, new Item { Id = "b", Title = "x" });
        GeneratorItemEncoder nameless = await GeneratorItemEncoder.CreateAsync(new FakeGenerator());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(prints, Is.Unique);
            Assert.That(await Of(new()), Is.EqualTo(prints[0]));
            Assert.That(generator.Asked, Has.Count.EqualTo(1));
            Assert.That(nameless.Fingerprint, Is.Empty);
            Assert.That(() => new CachedItemEncoder(nameless, cache), Throws.ArgumentException);
        }
    }

    [Test]
    public async Task Recommender_OverAGenerator_AnswersAndOpensAgain()
    {
        using var folder = new TemporaryFolder();
        var generator = new FakeGenerator(128, new("acme", null, "embed-1", 128));
        using Recommender shop = await new RecommenderBuilder(SmallShop.Catalog(), SmallShop.Log()).UseEmbeddingGenerator(generator)
            .UseUserEncoder(new GeneratorUserEncoder(generator)).UseOptions(new() { RankAllUpTo = 5, TimeProvider = SmallShop.Clock }).BuildAsync();
        UserContext user = UserContext.OfText("comet moon galaxy");
        RecommendationList list = await shop.RecommendAsync(user);
        await shop.SaveAsync(folder.Path);
        using Recommender opened = await Recommender.LoadAsync(folder.Path, new() { ItemEncoder = await GeneratorItemEncoder.CreateAsync(generator), UserEncoder = new GeneratorUserEncoder(generator), TimeProvider = SmallShop.Clock });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Take(5).Select(r => r.Item.Categories[0]), Is.All.EqualTo("space"));
            Assert.That(opened.Recommend(user).Select(r => (r.Item.Id, r.Score)), Is.EqualTo(list.Select(r => (r.Item.Id, r.Score))));
        }
    }
}
