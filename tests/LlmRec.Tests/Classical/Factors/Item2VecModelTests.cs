using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class Item2VecModelTests
{
    private const string Tensors = "golden/wordvectors/item2vec.safetensors";

    [Test]
    public void Step_TakesTheGoldenSteps()
    {
        Dictionary<string, double[]> golden = Golden.Doubles(Tensors);
        JsonElement json = Golden.Json("golden/wordvectors/item2vec.json");
        int d = json.GetProperty("dimensions").GetInt32(), negatives = json.GetProperty("negatives").GetInt32();
        int[] pairs = Golden.Ints(Tensors, "pairs"), noise = Golden.Ints(Tensors, "noise_items");
        double[] rates = Doubles(json, "rates"), losses = Doubles(json, "losses"), centre = golden["initial.centre"], context = golden["initial.context"];
        var step = new SkipGram(d);
        using (Assert.EnterMultipleScope())
        {
            for (int t = 0; t < rates.Length; t++)
            {
                double loss = step.Step(centre, context, pairs[2 * t], pairs[2 * t + 1], noise.AsSpan(t * negatives, negatives), rates[t], measure: true);
                Assert.That(loss, Is.EqualTo(losses[t]).Within(1e-5 * losses[t]), $"loss {t}");
                if (t < 3) Assert.That(step.Ascent.ToArray().Select(g => -g), Is.EqualTo(golden[$"gradient.{t}.centre"]).Within(1e-6), $"gradient {t}");
            }
            Assert.That(centre, Is.EqualTo(golden["final.centre"]).Within(1e-5));
            Assert.That(context, Is.EqualTo(golden["final.context"]).Within(1e-5));
        }
    }

    [Test]
    public void Draws_HaveTheGoldenProbabilities()
    {
        JsonElement json = Golden.Json("golden/wordvectors/item2vec.json");
        double[] counts = Doubles(json, "counts");
        var draws = new NoiseDraws([.. counts.Select(c => Math.Pow(c, 0.75))]);
        double[] keep = [.. counts.Select(c => Item2VecModel.Keep(c / counts.Sum(), json.GetProperty("subsample").GetDouble()))];
        int[] drawn = new int[counts.Length];
        var random = SplitMix.Of(3, 0);
        for (int n = 0; n < 400_000; n++) drawn[draws.Next(ref random)]++;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(draws.Probabilities, Is.EqualTo(Doubles(json, "noise")).Within(1e-12));
            Assert.That(keep, Is.EqualTo(Doubles(json, "keep")).Within(1e-12));
            for (int i = 0; i < drawn.Length; i++)
                Assert.That(drawn[i] / 400_000.0, Is.EqualTo(draws.Probabilities[i]).Within(5 * Math.Sqrt(draws.Probabilities[i] / 400_000)), $"{i}");
        }
    }

    /// <summary>What stands beside the history ranks the next event, and what may stand for it does not.</summary>
    [Test]
    [Explicit("half a minute; the figures stand in the tables of the benchmarks")]
    public void Recommend_OnMovieLens_IsFarAbovePopular()
    {
        Item2VecModel model = Item2VecModel.Fit(ItemModelGolden.Catalog, ItemModelGolden.Split.Train);
        EvaluationReport report = Evaluator.Evaluate(ItemModelGolden.Split, [model], new() { BootstrapSamples = 0 });
        double ours = report[model.Name, "NDCG@10"].Value!.Value, popular = report["Popular", "NDCG@10"].Value!.Value;
        TestContext.Out.WriteLine($"{ours:0.0000}, popular {popular:0.0000}");
        Assert.That(ours, Is.GreaterThan(1.5 * popular));
    }

    [Test]
    public void Score_IsTheProductWithWhatStandsBeside_SimilarTheCosineOfTheItemsOwn()
    {
        // a and b never meet, and stand beside the same items: each may stand for the other
        var log = new InteractionLog();
        for (int u = 0; u < 60; u++)
            foreach (string item in (string[])[$"x{u % 3}", u % 2 == 0 ? "a" : "b", $"y{u % 3}"]) log.Add($"u{u}", item);
        var catalog = new Catalog(log.Items.Select(i => new Item { Id = i }));
        Item2VecModel model = Item2VecModel.Fit(catalog, log, new() { Dimensions = 8, Epochs = 60, Window = 1 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Similar("a", 1)[0].Item, Is.EqualTo("b"));
            Assert.That(model.Recommend(UserContext.OfHistory("a"), 6).Select(s => s.Item[0]), Is.All.AnyOf('x', 'y'));
        }
    }

    [Test]
    public void Fit_DependsOnTheSeedAlone()
    {
        (Catalog catalog, InteractionLog log) = FittedModels.World();
        var options = new Item2VecOptions { Dimensions = 8, Epochs = 3 };
        double[] first = Item2VecModel.Fit(catalog, log, options).ItemFactors.ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Item2VecModel.Fit(catalog, log, options).ItemFactors.ToArray(), Is.EqualTo(first));
            Assert.That(Item2VecModel.Fit(catalog, log, options with { Seed = 2 }).ItemFactors.ToArray(), Is.Not.EqualTo(first));
            foreach (Item2VecOptions bad in (Item2VecOptions[])[new() { Negatives = 64 }, new() { Window = 0 }, new() { Decay = 0 }, new() { Subsample = double.NaN }])
                Assert.That(() => Item2VecModel.Fit(catalog, log, bad), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    private static double[] Doubles(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(x => x.GetDouble())];
}
