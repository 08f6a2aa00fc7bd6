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
                (double rmse, double mae) = RatingGolden.Errors(model, test);
                Assert.That(rmse, Is.EqualTo(errors.GetProperty(name).GetProperty("u1").GetProperty("rmse").GetDouble()).Within(2e-6), name);
                Assert.That(mae, Is.EqualTo(errors.GetProperty(name).GetProperty("u1").GetProperty("mae").GetDouble()).Within(2e-6), name);
                Assert.That(Impossible(model, method, test), Is.EqualTo(errors.GetProperty(name).GetProperty("impossible_u1").GetInt32()), name);
            }
            if (method != "KNNBasic") continue;
            double[] theirs = golden[$"similarity.{side}.{similarity}"];
            for (int x = 0; x < 30; x++)
                for (int y = 0; y < 30; y++)
                    if (x != y) Assert.That(model.SimilarityOf(x, y), Is.EqualTo(Math.Max(0, theirs[x * 30 + y])).Within(1e-12), $"{name} {x} {y}");
        }
    }

    /// <summary>How many test ratings nobody speaks for, so that the mean of all ratings stands in; with baselines there is always something to say.</summary>
    private static int Impossible(RatingKnnModel model, string method, InteractionLog test)
    {
        if (method == "KNNBaseline") return 0;
        int count = 0;
        foreach (IGrouping<string, Interaction> user in test.GroupBy(e => e.User))
        {
            string[] items = [.. user.Select(e => e.Item)];
            float[] ratings = new float[items.Length];
            model.Predict(UserContext.Of(user.Key), items, ratings);
            count += ratings.Count(r => r == (float)model.Mean);
        }
        return count;
    }

    [TestCase("KNNBaseline", true, "pearson_baseline")]
    [TestCase("KNNBaseline", false, "pearson_baseline")]
    [TestCase("KNNWithMeans", true, "msd")]
    [TestCase("KNNBasic", false, "msd")]
    public void Predict_HasTheGoldenErrorsOnAllFolds(string method, bool items, string similarity) =>
        RatingGolden.AssertFolds($"{method}.{(items ? "item" : "user")}.{similarity}", train => RatingKnnModel.Fit(RatingGolden.Catalog, train, Options(method, items, similarity)), 3e-6, 2e-6);

    [TestCase("KNNBaseline", true, "msd")]
    [TestCase("KNNBaseline", false, "msd")]
    [TestCase("KNNWithMeans", false, "msd")]
    [TestCase("KNNWithZScore", true, "msd")]
    [TestCase("KNNWithZScore", false, "msd")]
    [TestCase("KNNBasic", true, "msd")]
    [TestCase("KNNBasic", true, "cosine")]
    [TestCase("KNNBasic", false, "cosine")]
    [Explicit("twenty seconds together; the first fold of each is compared above")]
    public void Predict_HasTheGoldenErrorsOnAllFoldsToo(string method, bool items, string similarity) => Predict_HasTheGoldenErrorsOnAllFolds(method, items, similarity);

    [TestCase("KNNBasic")]
    [TestCase("KNNBaseline")]
    [Explicit("ten seconds; the first fold of each is compared above")]
    public void Predict_HasTheGoldenErrorsOnRandomFolds(string method) =>
        RatingGolden.AssertRandomFolds($"{method}.user.msd", train => RatingKnnModel.Fit(RatingGolden.Catalog, train, Options(method, false, "msd")), 5e-6);

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

    /// <summary>Over all 20,000 test ratings, errors of those that have neighbours.</summary>
    [Test]
    public void Predict_ErrsAsLensKitDoesWhereItHasNeighbours()
    {
        JsonElement golden = Golden.Json("golden/cf/lenskit_stats.json").GetProperty("u1");
        InteractionLog train = RatingGolden.Train(1), test = RatingGolden.Test(1);
        Catalog catalog = RatingGolden.Catalog;
        var scale = new RatingScale(-100, 100);
        RatingKnnOptions centred = new() { Similarity = RatingSimilarity.CentredCosine, Method = RatingKnnMethod.WithMeans, Neighbours = 20, MinSimilarity = 1e-6, Scale = scale };
        using (Assert.EnterMultipleScope())
        {
            Check("bias.damping5", BaselineRatingModel.Fit(catalog, train, new() { Epochs = 1, UserShrinkage = 5, ItemShrinkage = 5, Scale = scale }), "mean");
            Check("itemknn.explicit.k20", RatingKnnModel.Fit(catalog, train, centred), "history");
            Check("userknn.explicit.k20", RatingKnnModel.Fit(catalog, train, centred with { ItemBased = false }), "similar users");
            Count("itemknn.implicit.k20", ItemKnnModel.Fit(catalog, train, new() { Weighting = KnnWeighting.Cosine, Neighbours = null, Voters = 20 }));
            Count("userknn.implicit.k20", UserKnnModel.Fit(catalog, train, new() { Weighting = KnnWeighting.Cosine, Neighbours = 20, NeighboursOfEachItem = true }));
        }

        void Check(string name, RatingModel model, string speaker)
        {
            Interaction[] scored = [.. test.Where(e => speaker == "mean" || model.Explain(UserContext.Of(e.User), e.Item).Any(r => r.Name == speaker))];
            (double rmse, double mae) = RatingGolden.Errors(model, new(scored));
            TestContext.Out.WriteLine($"{name}: {rmse:0.000000} / {mae:0.000000} of {scored.Length}, golden {golden.GetProperty(name)}");
            Assert.That(scored, Has.Length.EqualTo(golden.GetProperty(name).GetProperty("scored_of_20000").GetInt32()), name);
            Assert.That(rmse, Is.EqualTo(golden.GetProperty(name).GetProperty("rmse_where_scored").GetDouble()).Within(1e-5), name);
            Assert.That(mae, Is.EqualTo(golden.GetProperty(name).GetProperty("mae_where_scored").GetDouble()).Within(1e-5), name);
        }

        void Count(string name, FittedModel model)
        {
            int scored = 0;
            float[] scores = new float[model.Items.Count];
            foreach (IGrouping<string, Interaction> user in test.GroupBy(e => e.User))
            {
                model.Score([new(UserContext.Of(user.Key), [])], scores);
                scored += user.Count(e => scores[int.Parse(e.Item, CultureInfo.InvariantCulture) - 1] > 0);
            }
            Assert.That(scored, Is.EqualTo(golden.GetProperty(name).GetProperty("scored_of_20000").GetInt32()), name);
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
