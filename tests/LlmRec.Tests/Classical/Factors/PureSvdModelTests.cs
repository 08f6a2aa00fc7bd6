using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class PureSvdModelTests
{
    private static readonly Lazy<PureSvdModel> s_exact = new(() =>
        PureSvdModel.Fit(FactorGolden.Catalog, FactorGolden.Split.Train, new() { Factors = 32, PowerIterations = 120, Threads = 1 }));

    [Test]
    public void Fit_FindsTheGoldenSingularValuesAndScores()
    {
        Dictionary<string, double[]> golden = Golden.Doubles("golden/cf/linear_ml-100k.safetensors");
        int[] users = Golden.Ints("golden/cf/linear_ml-100k.safetensors", "puresvd.32.users");
        PureSvdModel model = s_exact.Value;
        int m = model.Items.Count, k = model.Factors;
        double[] scores = new double[users.Length * m];
        for (int u = 0; u < users.Length; u++)
        {
            double[] p = new double[k];
            foreach (Interaction e in FactorGolden.UserOf(users[u]).User.History)
                for (int f = 0; f < k; f++) p[f] += model.ItemFactors[(int.Parse(e.Item, System.Globalization.CultureInfo.InvariantCulture) - 1) * k + f];
            for (int j = 0; j < m; j++)
                for (int f = 0; f < k; f++) scores[u * m + j] += p[f] * model.ItemFactors[j * k + f];
        }
        float[] ours = new float[users.Length * m];
        model.Score([.. users.Select(FactorGolden.UserOf)], ours);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(FactorGolden.RelativeDifference(model.SingularValues, golden["puresvd.32.singular_values"]), Is.LessThan(1e-8));
            Assert.That(FactorGolden.RelativeDifference(scores, golden["puresvd.32.user_scores"]), Is.LessThan(1e-8));
            Assert.That(FactorGolden.RelativeDifference([.. ours.Select(s => (double)s)], golden["puresvd.32.user_scores"]), Is.LessThan(2e-6), "scores in float32");
        }
    }

    [TestCase(32)]
    [TestCase(64)]
    public void Recommend_HasTheGoldenQuality(int factors)
    {
        JsonElement golden = Golden.Json("golden/cf/linear_ml-100k.json").GetProperty("models").GetProperty($"puresvd.{factors}");
        PureSvdModel trained = factors == 32 ? s_exact.Value : Exact(ItemModelGolden.Split.Train), refit = Exact(ItemModelGolden.Split.TrainAndValidation);
        using (Assert.EnterMultipleScope())
        {
            foreach (JsonProperty variant in golden.EnumerateObject())
                ItemModelGolden.AssertFigures(variant.Name == "test_refit_train_valid" ? refit : trained, golden, variant.Name, 1e-12);
        }

        PureSvdModel Exact(InteractionLog log) => PureSvdModel.Fit(FactorGolden.Catalog, log, new() { Factors = factors, PowerIterations = 120 });
    }

    [Test]
    public void Fit_IsTheSameForAnyNumberOfThreads()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        double[] one = PureSvdModel.Fit(catalog, log, new() { Factors = 5, Threads = 1 }).ItemFactors.ToArray();
        double[] three = PureSvdModel.Fit(catalog, log, new() { Factors = 5, Threads = 3 }).ItemFactors.ToArray();
        Assert.That(one, Is.EqualTo(three));
    }

    [Test]
    public void Score_IsFiniteForEmptyLogsAndStrangers()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        float[] scores = new float[catalog.Count];
        TopNRequest stranger = new(UserContext.OfHistory("no such item"), []);
        PureSvdModel.Fit(catalog, new(), new() { Factors = 3 }).Score([stranger], scores);
        Assert.That(scores, Is.All.Zero);
        PureSvdModel.Fit(catalog, log, new() { Factors = 3 }).Score([stranger], scores);
        Assert.That(scores, Is.All.Zero);
    }
}
