using System.Globalization;
using System.Text.Json;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class RatingKnnModelTests
{
    private const string Tensors = "golden/cf/surprise_u1.safetensors";

    private static readonly Dictionary<string, RatingSimilarity> s_similarities = new()
    {
        ["cosine"] = RatingSimilarity.Cosine, ["msd"] = RatingSimilarity.MeanSquaredDifference, ["pearson"] = RatingSimilarity.Pearson, ["pearson_baseline"] = RatingSimilarity.PearsonBaseline,
    };

    private static readonly Dictionary<string, RatingKnnMethod> s_methods = new()
    {
        ["KNNBasic"] = RatingKnnMethod.Basic, ["KNNWithMeans"] = RatingKnnMethod.WithMeans, ["KNNWithZScore"] = RatingKnnMethod.WithZScore, ["KNNBaseline"] = RatingKnnMethod.Baseline,
    };

    private static string[] Similarities => [.. s_similarities.Keys];

    private static RatingKnnOptions Options(string method, bool items, string similarity) =>
        new() { Method = s_methods[method], ItemBased = items, Similarity = s_similarities[similarity] };

    [Test]
    public void Fit_FindsTheGoldenSimilaritiesAndPredictions([ValueSource(nameof(Similarities))] string similarity, [Values] bool items)
    {
        Dictionary<string, double[]> golden = Golden.Doubles(Tensors);
        JsonElement errors = Golden.Json("golden/cf/surprise_errors.json").GetProperty("algorithms");
        InteractionLog train = RatingGolden.Train(1), test = RatingGolden.Test(1);
        string side = items ? "item" : "user";
        foreach (string method in s_methods.Keys)
        {
            RatingKnnModel model = RatingKnnModel.Fit(RatingGolden.Catalog, train, Options(method, items, similarity));
            string name = $"{method}.{side}.{similarity}";
            using (Assert.EnterMultipleScope())
            {
                // one prediction may differ by a tie that the last bit breaks
                Assert.That(RatingGolden.First500(model).Zip(golden["predictions." + name]).Count(p => Math.Abs(p.First - p.Second) > 1e-6), Is.LessThanOrEqualTo(1), name);
                Assert.That(RatingGolden.Rmse(model, test), Is.EqualTo(errors.GetProperty(name).GetProperty("u1").GetProperty("rmse").GetDouble()).Within(2e-6), name);
            }
            if (method != "KNNBasic") continue;
            double[] theirs = golden[$"similarity.{side}.{similarity}"];
            for (int x = 0; x < 30; x++)
                for (int y = 0; y < 30; y++)
                    if (x != y) Assert.That(model.SimilarityOf(x, y), Is.EqualTo(Math.Max(0, theirs[x * 30 + y])).Within(1e-12), $"{name} {x} {y}");
        }
    }

    [TestCase("KNNBaseline", true, "pearson_baseline", 0.9204)]
    [TestCase("KNNBaseline", false, "pearson_baseline", 0.9246)]
    [TestCase("KNNWithMeans", true, "msd", 0.9366)]
    [TestCase("KNNBasic", false, "msd", 0.9802)]
    public void Predict_HasTheGoldenErrorOverFiveFolds(string method, bool items, string similarity, double bound)
    {
        double mean = Enumerable.Range(1, 5).Average(n => RatingGolden.Rmse(RatingKnnModel.Fit(RatingGolden.Catalog, RatingGolden.Train(n), Options(method, items, similarity)), RatingGolden.Test(n)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mean, Is.EqualTo(RatingGolden.Expected($"{method}.{(items ? "item" : "user")}.{similarity}")).Within(2e-6));
            Assert.That(mean, Is.LessThanOrEqualTo(bound));
        }
    }

    /// <summary>LensKit computes in float32.</summary>
    [Test]
    public void Predict_EqualsLensKit()
    {
        InteractionLog train = RatingGolden.Train(1);
        Catalog catalog = RatingGolden.Catalog;
        var scale = new RatingScale(-100, 100);
        RatingKnnOptions centred = new() { Similarity = RatingSimilarity.CentredCosine, Method = RatingKnnMethod.WithMeans, Neighbours = 20, MinSimilarity = 1e-6, Scale = scale };
        RatingModel bias = BaselineRatingModel.Fit(catalog, train, new() { Epochs = 1, UserShrinkage = 5, ItemShrinkage = 5, Scale = scale });
        RatingModel items = RatingKnnModel.Fit(catalog, train, centred), users = RatingKnnModel.Fit(catalog, train, centred with { ItemBased = false });
        ItemKnnModel implicitItems = ItemKnnModel.Fit(catalog, train, new() { Weighting = KnnWeighting.Cosine, Neighbours = null, Voters = 20 });
        UserKnnModel implicitUsers = UserKnnModel.Fit(catalog, train, new() { Weighting = KnnWeighting.Cosine, Neighbours = 20, NeighboursOfEachItem = true });
        string[][] rows = [.. File.ReadLines(SharedData.PathOrSkip("golden/cf/lenskit_u1_test200.tsv")).Skip(1).Select(l => l.Split('\t'))];
        float[] rating = new float[1];
        int without = 0;
        using (Assert.EnterMultipleScope())
        {
            foreach (string[] row in rows)
            {
                UserContext user = UserContext.Of(row[0]);
                Check(bias, row[3]);
                Check(items, row[4]);
                Check(users, row[6]);
                Sum(implicitItems, row[5]);
                Sum(implicitUsers, row[7]);

                void Check(RatingModel model, string golden)
                {
                    model.Predict(user, [row[1]], rating);
                    double expected = double.Parse(golden, CultureInfo.InvariantCulture);
                    Assert.That(rating[0], Is.Not.NaN);
                    if (double.IsNaN(expected)) without++;   // ours falls back on a mean
                    else Assert.That(rating[0], Is.EqualTo(expected).Within(2e-5), $"{model.Name} {row[0]} {row[1]}");
                }

                void Sum(IScoringModel model, string golden)
                {
                    float[] scores = new float[model.Items.Count];
                    model.Score([new(user, [])], scores);
                    double expected = double.Parse(golden, CultureInfo.InvariantCulture), ours = scores[int.Parse(row[1], CultureInfo.InvariantCulture) - 1];
                    Assert.That(ours, Is.EqualTo(double.IsNaN(expected) ? 0 : expected).Within(2e-5), $"{model.Name} {row[0]} {row[1]}");
                }
            }
            Assert.That(without, Is.LessThan(20));
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Predict_FoldsAStrangerInAsIfTrained(bool items)
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        RatingKnnModel model = RatingKnnModel.Fit(catalog, log, new() { ItemBased = items, Method = RatingKnnMethod.WithMeans, Similarity = RatingSimilarity.Pearson, Neighbours = 5 });
        string[] all = [.. catalog.Select(i => i.Id)];
        float[] known = new float[30], folded = new float[30];
        model.Predict(UserContext.Of("u7"), all, known);
        // the stranger carries the id, so that the user is not a neighbour of itself, and a rating of an item nobody has
        model.Predict(new UserContext { Id = items ? null : "u7", History = items ? log.HistoryOf("u7") : [] }, all, folded);
        Assert.That(folded, Is.EqualTo(known).Within(1e-6f));
    }

    [Test]
    public void Predict_StaysWithinTheScaleAndNeverFails([Values] RatingKnnMethod method, [Values] RatingSimilarity similarity, [Values] bool items)
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        RatingKnnModel model = RatingKnnModel.Fit(catalog, log, new() { Method = method, Similarity = similarity, ItemBased = items, Kept = 12 });
        UserContext wild = new() { Id = "u1", History = [new("", "i3", InteractionKind.Rating, 3e38f), new("", "i4"), new("", "elsewhere", InteractionKind.Rating, 3)] };
        UserContext flat = new() { History = [new("", "i3", InteractionKind.Rating, 4), new("", "i4", InteractionKind.Rating, 4)] };
        float[] ratings = new float[3];
        foreach (UserContext user in (UserContext[])[UserContext.Of("u1"), UserContext.Of("nobody"), wild, flat, new()])
        {
            model.Predict(user, ["i1", "i2", "unknown"], ratings);
            Assert.That(ratings, Is.All.InRange(1f, 5f));
        }
    }

    [Test]
    public void Fit_RefusesSenselessOptions()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        using (Assert.EnterMultipleScope())
        {
            foreach (RatingKnnOptions bad in (RatingKnnOptions[])[new() { Neighbours = 0 }, new() { Shrinkage = -1 }, new() { MinSimilarity = double.NaN }, new() { Kept = 0 }, new() { Method = (RatingKnnMethod)9 }])
                Assert.That(() => RatingKnnModel.Fit(catalog, log, bad), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }
}
