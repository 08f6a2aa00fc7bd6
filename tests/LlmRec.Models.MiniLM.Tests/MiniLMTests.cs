using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text.Json;
using DistillMiniLM;
using LlmRec.Transformers;

namespace LlmRec.Tests;

[TestFixture]
public sealed class MiniLMTests
{
    private static readonly string Data = Path.Combine(SharedData.RepositoryRoot, "src", "LlmRec.Models.MiniLM", "Data");

    private static float Cosine(string a, string b) => TensorPrimitives.Dot<float>(MiniLM.Encode(a), MiniLM.Encode(b));

    /// <summary>What the committed command printed when it made them.</summary>
    [TestCase("minilm.safetensors", "c57a34bc5bc9b2e60cd625b19a43671170d3aeac79e54bf326b1bcf9243f1111")]
    [TestCase("vocab.txt", "03b531bffb9ac977286c3335ccfad4deb7b0878fa76a5c415aa3576161746fc0")]
    public void Data_IsWhatTheCommandMade(string file, string fingerprint) =>
        Assert.That(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Data, file)))), Is.EqualTo(fingerprint));

    [Test]
    public void Data_IsAtMostEightMegabytes() => Assert.That(Directory.GetFiles(Data).Sum(f => new FileInfo(f).Length), Is.LessThanOrEqualTo(8_000_000));

    [Test, Explicit("minutes of processor time")]
    public async Task Data_IsMadeAgainToTheByteOnOneThread()
    {
        using var folder = new TemporaryFolder();
        await MiniLMTable.MakeAsync(SharedData.PathOrSkip("models/all-MiniLM-L6-v2"), folder.Path, 1, _ => { });
        foreach (string file in Directory.GetFiles(Data))
            Assert.That(File.ReadAllBytes(folder.File(Path.GetFileName(file))), Is.EqualTo(File.ReadAllBytes(file)), file);
    }

    [Test]
    public void ExactVectors_AreTheReferencesAndTheSameInAnyCompany()
    {
        var model = new ExactBert(SharedData.PathOrSkip("models/all-MiniLM-L6-v2"));
        using JsonDocument io = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip("golden/transformers/static/io.json")));
        using SafeTensorsFile golden = SafeTensorsFile.Open(SharedData.PathOrSkip("golden/transformers/static/io.safetensors"));
        int[] tokens = [.. io.RootElement.GetProperty("raw_ids").EnumerateArray().Select(r => r[1].GetInt32())];
        float[] raw = golden.ReadFloats("raw"), vectors = new float[raw.Length], alone = new float[model.Dimensions];
        model.Encode(tokens, 101, 102, vectors);
        model.Encode(tokens.AsSpan(7, 1), 101, 102, alone);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vectors.Zip(raw, (a, b) => Math.Abs(a - b)).Max(), Is.LessThan(2e-6f));
            Assert.That(alone, Is.EqualTo(vectors[(7 * model.Dimensions)..(8 * model.Dimensions)]));
        }
    }

    [TestCase(0.0, 0.0)]
    [TestCase(0.5, 0.5204998778130465)]
    [TestCase(1.0, 0.8427007929497149)]
    [TestCase(2.4, 0.9993114861033550)]
    [TestCase(2.6, 0.9997639655834707)]
    [TestCase(-3.0, -0.9999779095030014)]
    [TestCase(7.0, 1.0)]
    public void ErrorFunction_IsExact(double x, double y) => Assert.That(ErrorFunction.Erf(x), Is.EqualTo(y).Within(2e-15));

    [Test]
    public void Encode_KnowsWhatWordsMean()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Cosine("slow science fiction film", "a quiet movie about astronauts"), Is.GreaterThan(Cosine("slow science fiction film", "cake recipes for beginners") + 0.15f));
            Assert.That(Cosine("dog food", "puppy kibble"), Is.GreaterThan(Cosine("dog food", "stock market report") + 0.2f));
            Assert.That(MiniLM.Encode(""), Is.All.Zero);
            Assert.That(TensorPrimitives.Norm<float>(MiniLM.Encode("anything at all")), Is.EqualTo(1).Within(1e-5f));
        }
    }

    [Test]
    public void Encode_AllocatesNothing()
    {
        var vector = new float[MiniLM.Dimensions];
        MiniLM.Encoder.Encode("OPI Nail Lacquer, Simmer and Shimmer, 0.5-Fluid Ounce", vector);
        Assert.That(Allocations.Of(() => MiniLM.Encoder.Encode("OPI Nail Lacquer, Simmer and Shimmer, 0.5-Fluid Ounce", vector), 100), Is.Zero);
    }

    [Test]
    public async Task Recommender_FindsByMeaningAndOpensAgainWithoutBeingGivenTheEncoder()
    {
        Catalog catalog = new(
        [
            new Item { Id = "1", Title = "The Long Orbit", Text = "Astronauts on a lonely station" },
            new Item { Id = "2", Title = "Bread at Home", Text = "Sourdough, rolls and buns" },
            new Item { Id = "3", Title = "A Rose Garden", Text = "Planting, pruning, soil" },
            new Item { Id = "4", Title = "Bicycle Repair", Text = "Chains, brakes and tyres" },
        ]);
        using var folder = new TemporaryFolder();
        using (Recommender built = await new RecommenderBuilder(catalog).UseItemEncoder(MiniLM.ItemEncoder()).UseUserEncoder(MiniLM.UserEncoder()).BuildAsync())
        {
            Assert.That(built.Recommend(UserContext.OfText("space travel"))[0].Item.Id, Is.EqualTo("1"));
            await built.SaveAsync(folder.Path);
        }
        using Recommender opened = await Recommender.LoadAsync(folder.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(opened.Recommend(UserContext.OfText("cooking dinner"))[0].Item.Id, Is.EqualTo("2"));
            Assert.That(opened.Recommend(UserContext.OfText("flowers"))[0].Item.Id, Is.EqualTo("3"));
        }
    }

    [TestCase(0f)]
    [TestCase(1f)]
    [TestCase(float.NaN)]
    public void UserEncoder_RefusesAShareOutOfRange(float words) => Assert.That(() => MiniLM.UserEncoder(words), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public async Task ItemEncoder_WeighsTheParts()
    {
        StaticItemEncoder encoder = MiniLM.ItemEncoder(new() { TitleWeight = 1, TextWeight = 0 });
        var item = new Item { Id = "1", Title = "violin", Text = "a thing of no matter" };
        var vectors = new float[65 * encoder.Dimensions];
        await encoder.EncodeAsync([.. Enumerable.Repeat(item, 65)], vectors);
        Assert.That(vectors.AsSpan(64 * encoder.Dimensions).ToArray(), Is.EqualTo(MiniLM.Encode("violin")));
        Assert.That(async () => await encoder.EncodeAsync([item], new float[3]), Throws.ArgumentException);
    }
}
