using Microsoft.Extensions.AI;

namespace LlmRec.Tests;

internal sealed class EncoderEmbeddingGeneratorTests
{
    private static readonly LsaItemEncoder Lsa = LsaItemEncoder.Fit(SmallShop.Catalog());

    /// <summary>Every encoder there is, each behind the interface.</summary>
    private static async IAsyncEnumerable<IItemEncoder> Encoders()
    {
        yield return Lsa;
        yield return await GeometryItemEncoder.FitAsync(Lsa, SmallShop.Catalog());
        yield return new CachedItemEncoder(Lsa, new MemoryEmbeddingCache());
        yield return WordVectorItemEncoder.Fit(WordVectors.Create(["moon", "star", "soup"], [1, 0, 1, 1, 1, 0], 2), SmallShop.Catalog());
        yield return await GeneratorItemEncoder.CreateAsync(new FakeGenerator(16));
    }

    [Test]
    public async Task Generate_GivesTheEncodersVectors_ForEveryEncoder()
    {
        string[] texts = ["moon and star", "a soup", "", "moon"];
        await foreach (IItemEncoder encoder in Encoders())
        {
            using IEmbeddingGenerator<string, Embedding<float>> generator = encoder.AsEmbeddingGenerator("mine");
            var expected = new float[texts.Length * encoder.Dimensions];
            await encoder.EncodeAsync([.. texts.Select(t => new Item { Id = "x", Text = t })], expected);
            GeneratedEmbeddings<Embedding<float>> given = await generator.GenerateAsync(texts);
            ReadOnlyMemory<float> one = await generator.GenerateVectorAsync("a soup");
            using (Assert.EnterMultipleScope())
            {
                Assert.That(given.SelectMany(e => e.Vector.ToArray()), Is.EqualTo(expected), encoder.GetType().Name);
                Assert.That(given.Select(e => (e.Dimensions, e.ModelId)), Is.All.EqualTo((encoder.Dimensions, "mine")));
                Assert.That(given.Select(e => e.CreatedAt), Is.All.Not.Null);
                Assert.That(given.Usage, Is.Null);
                Assert.That(one.ToArray(), Is.EqualTo(given[1].Vector.ToArray()));
                Assert.That(given[2].Vector.ToArray(), Is.All.Zero);
            }
        }
    }

    [Test]
    public async Task Generate_ThereAndBackAgain_IsTheSameEncoder()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = Lsa.AsEmbeddingGenerator();
        GeneratorItemEncoder back = await GeneratorItemEncoder.CreateAsync(generator);
        Item[] items = [.. SmallShop.Catalog().Select(i => new Item { Id = i.Id, Text = i.Text })];
        float[] a = new float[items.Length * Lsa.Dimensions], b = new float[a.Length];
        await Lsa.EncodeAsync(items, a);
        await back.EncodeAsync(items, b);
        Assert.That(back.Dimensions, Is.EqualTo(Lsa.Dimensions));
        Assert.That(b, Is.EqualTo(a).Within(1e-6f));
    }

    [Test]
    public async Task Generate_OfManyTexts_IsInOrder_AndCountsTokens()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = new WordVectorItemEncoder(WordPooling.Mean(WordVectors.Create(["a", "b"], [1, 0, 0, 1], 2))).AsEmbeddingGenerator(countTokens: t => t.Split(' ').Length);
        GeneratedEmbeddings<Embedding<float>> given = await generator.GenerateAsync(Enumerable.Range(0, 1000).Select(i => i % 3 == 0 ? "a a" : "b"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(given.Select(e => e.Vector.Span[0]), Is.EqualTo(Enumerable.Range(0, 1000).Select(i => i % 3 == 0 ? 1f : 0f)));
            Assert.That(given.Usage!.InputTokenCount, Is.EqualTo(1334));
            Assert.That(await generator.GenerateAsync([]), Is.Empty);
        }
    }

    [Test]
    public void GetService_GivesMetadataAndTheEncoder()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = Lsa.AsEmbeddingGenerator();
        var metadata = generator.GetService<EmbeddingGeneratorMetadata>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((metadata?.ProviderName, metadata?.DefaultModelId, metadata?.DefaultModelDimensions), Is.EqualTo(("llmrec", "LsaItemEncoder", (int?)Lsa.Dimensions)));
            Assert.That(generator.GetService<IItemEncoder>(), Is.SameAs(Lsa));
            Assert.That(generator.GetService<LsaItemEncoder>(), Is.SameAs(Lsa));
            Assert.That(generator.GetService<IEmbeddingGenerator<string, Embedding<float>>>(), Is.SameAs(generator));
            Assert.That(generator.GetService<string>(), Is.Null);
            Assert.That(generator.GetService(typeof(IItemEncoder), "key"), Is.Null);
        }
    }

    [Test]
    public async Task Generate_RefusesWhatItCannotGive()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = Lsa.AsEmbeddingGenerator("mine");
        using IEmbeddingGenerator<string, Embedding<float>> broken = new NanEncoder().AsEmbeddingGenerator();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(async () => await generator.GenerateAsync(["a", null!]), Throws.ArgumentException.With.Message.Contains("text 1 is null"));
            Assert.That(async () => await generator.GenerateAsync(["a"], new() { Dimensions = 3 }), Throws.ArgumentException.With.Message.Contains("3 were asked for"));
            Assert.That(async () => await generator.GenerateAsync(["a"], new() { ModelId = "other" }), Throws.ArgumentException.With.Message.Contains("not other"));
            Assert.That(await generator.GenerateAsync(["a"], new() { ModelId = "mine", Dimensions = Lsa.Dimensions }), Has.Count.EqualTo(1));
            Assert.That(async () => await generator.GenerateAsync(["a"], cancellationToken: cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(async () => await broken.GenerateAsync(["a"]), Throws.InvalidOperationException.With.Message.Contains("NaN"));
        }
    }

    private sealed class NanEncoder : IItemEncoder
    {
        public int Dimensions => 1;

        public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
        {
            vectors.Span.Fill(float.NaN);
            return ValueTask.CompletedTask;
        }
    }
}
