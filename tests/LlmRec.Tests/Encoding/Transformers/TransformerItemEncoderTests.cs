using System.Numerics.Tensors;
using LlmRec.Transformers;

namespace LlmRec.Tests;

[TestFixture]
public sealed class TransformerItemEncoderTests
{
    private static readonly Item[] Items =
    [
        new() { Id = "a", Title = "A rocket to the moon", Categories = ["space"], Text = "Astronauts and stars" },
        new() { Id = "b", Title = "Bread and soup", Categories = ["kitchen"], Text = "Recipes for the oven" },
        new() { Id = "c", Title = "" },
        new() { Id = "?", Text = "planets and comets" },
    ];

    private static string Golden(string name) => SharedData.PathOrSkip($"golden/transformers/sbert/{name}");

    private static float[] Encode(TransformerItemEncoder encoder, params Item[] items)
    {
        var vectors = new float[items.Length * encoder.Dimensions];
        Task task = encoder.EncodeAsync(items, vectors).AsTask();
        Assert.That(task.IsCompletedSuccessfully, Is.True);
        return vectors;
    }

    [Test]
    public void EncodeAsync_ReadsItemsAndQueriesWithTheModelsOwnPrompts()
    {
        SentenceEncoder model = SentenceEncoder.Load(Golden("qwen3-last-token"));
        var encoder = new TransformerItemEncoder(model);
        int d = encoder.Dimensions;
        float[] vectors = Encode(encoder, Items);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vectors[..d], Is.EqualTo(model.Encode("A rocket to the moon. space. Astronauts and stars", "")).Within(1e-6));
            Assert.That(vectors[(2 * d)..(3 * d)], Is.All.Zero, "an item without words");
            Assert.That(vectors[(3 * d)..], Is.EqualTo(model.Encode("planets and comets", model.Prompts["query"])).Within(1e-6));
            Assert.That(Encode(encoder, Items[1]), Is.EqualTo(vectors[d..(2 * d)]), "alone");
        }
    }

    [Test]
    public void EncodeAsync_GivesUnitLengthWhateverTheModelDoes()
    {
        TransformerItemEncoder encoder = TransformerItemEncoder.Load(Golden("cls"));
        Assert.That(TensorPrimitives.Norm<float>(Encode(encoder, Items[0])), Is.EqualTo(1).Within(1e-5));
        Assert.That(() => encoder.EncodeAsync(Items, new float[3]).AsTask(), Throws.ArgumentException);
    }

    [Test]
    public void EncodeAsync_OfMiniLMBringsLikeToLike()
    {
        TransformerItemEncoder encoder = TransformerItemEncoder.Load(SharedData.PathOrSkip("models/all-MiniLM-L6-v2"), model: new() { Weights = WeightFormat.Int8 });
        float[] v = Encode(encoder, Items);
        int d = encoder.Dimensions;
        ReadOnlySpan<float> query = v.AsSpan(3 * d, d);
        Assert.That(TensorPrimitives.Dot(query, v.AsSpan(0, d)), Is.GreaterThan(TensorPrimitives.Dot(query, v.AsSpan(d, d)) + 0.2f));
    }

    [Test]
    public void Fingerprint_TellsModelsOptionsAndTemplatesApart()
    {
        SentenceEncoder model = SentenceEncoder.Load(Golden("dense-normalize")), cut = SentenceEncoder.Load(Golden("dense-normalize"), new() { Dimensions = 8 }), other = SentenceEncoder.Load(Golden("cls"));
        string[] fingerprints =
        [
            new TransformerItemEncoder(model).Fingerprint, new TransformerItemEncoder(cut).Fingerprint, new TransformerItemEncoder(other).Fingerprint,
            new TransformerItemEncoder(model, new() { Prompt = "x" }).Fingerprint, new TransformerItemEncoder(model, new() { Text = new() { Template = "{title}" } }).Fingerprint,
        ];
        Assert.That(fingerprints, Is.Unique);
        Assert.That(new TransformerItemEncoder(SentenceEncoder.Load(Golden("dense-normalize"))).Fingerprint, Is.EqualTo(fingerprints[0]));
    }

    [Test]
    public async Task SaveAsync_KeepsWhereTheModelIs_AndRefusesAnother()
    {
        using var folder = new TemporaryFolder();
        string model = Path.Combine(folder.Path, "model"), saved = Path.Combine(folder.Path, "saved");
        Copy(Golden("dense-normalize"), model);
        TransformerItemEncoder encoder = TransformerItemEncoder.Load(model, new() { Text = new() { Template = "{title} of {categories}" } }, new() { Dimensions = 16 });
        Catalog catalog = SmallShop.Catalog(4);
        using (Recommender shop = await new RecommenderBuilder(catalog).UseItemEncoder(encoder).BuildAsync()) await shop.SaveAsync(saved);
        using (Recommender again = await Recommender.LoadAsync(saved)) Assert.That(again.Recommend(new UserContext { Text = "rocket" }), Is.Not.Empty);

        await File.AppendAllTextAsync(Path.Combine(model, "config.json"), " ");
        Assert.That(async () => await Recommender.LoadAsync(saved), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("another model"));
        Directory.Delete(model, true);
        Assert.That(async () => await Recommender.LoadAsync(saved), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(model));
        using Recommender given = await Recommender.LoadAsync(saved, new() { ItemEncoder = encoder });
        Assert.That(given.Recommend(new UserContext { Text = "rocket" }), Is.Not.Empty);
    }

    [Test]
    public async Task UserEncoder_ReadsWhatAUserSays_AndKnowsNothingOfNobody()
    {
        SentenceEncoder model = SentenceEncoder.Load(Golden("dense-normalize"));
        var catalog = new Catalog([.. Enumerable.Range(0, 6).Select(i => new Item { Id = $"{i}", Title = $"title {i}" })]);
        var said = new List<string>();
        var asking = new TransformerUserEncoder(model, new() { HistoryItems = 2 });
        using Recommender shop = await new RecommenderBuilder(catalog).UseItemEncoder(new TransformerItemEncoder(model))
            .UseUserEncoder(new TransformerUserEncoder(model, new() { Compose = u => Note(said, $"{u.Context.Text} {u.Count}") })).UseOptions(new() { RankAllUpTo = 0 }).BuildAsync();
        Assert.That(shop.Recommend(UserContext.OfHistory("0", "1") with { Text = "films" }), Is.Not.Empty);
        Assert.That(said, Does.Contain("films 2"));

        var profile = new UserProfile();
        profile.Reset(new UserContext { Text = " hello " }, new ItemSpace(new Catalog([]), new Kernels.RowMatrix(1, model.Dimensions)), SmallShop.Start);
        float[] vector = new float[model.Dimensions], weight = new float[1];
        asking.Encode([profile], model.Dimensions, vector, weight);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vector, Is.EqualTo(model.Encode("hello", model.Prompts["query"])).Within(1e-6));
            Assert.That(weight[0], Is.EqualTo(1));
            Assert.That(() => asking.Encode([profile], 4, new float[4], weight), Throws.InvalidOperationException);
        }

        profile.Reset(new UserContext(), new ItemSpace(new Catalog([]), new Kernels.RowMatrix(1, model.Dimensions)), SmallShop.Start);
        asking.Encode([profile], model.Dimensions, vector, weight);
        Assert.That(weight[0], Is.Zero);
    }

    private static string Note(List<string> said, string text)
    {
        lock (said) said.Add(text);
        return text;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
