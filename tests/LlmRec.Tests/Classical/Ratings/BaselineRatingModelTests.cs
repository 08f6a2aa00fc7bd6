using System.Globalization;
using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class BaselineRatingModelTests
{
    [TestCase("als", BaselineMethod.AlternatingLeastSquares)]
    [TestCase("sgd", BaselineMethod.GradientDescent)]
    public void Fit_FindsTheGoldenBaselinesAndPredictions(string name, BaselineMethod method)
    {
        Dictionary<string, double[]> golden = Golden.Doubles("golden/cf/surprise_u1.safetensors");
        var ids = Golden.Json("golden/cf/surprise_inner_ids.json");
        BaselineRatingModel model = BaselineRatingModel.Fit(RatingGolden.Catalog, RatingGolden.Train(1), new() { Method = method });
        double[] users = [.. ids.GetProperty("users").EnumerateArray().Select(u => model.UserBaseline(u.GetString()!))];
        double[] items = [.. ids.GetProperty("items").EnumerateArray().Select(i => model.ItemBaseline(i.GetString()!))];
        var predictions = new List<double>();
        float[] rating = new float[1];
        foreach (string line in System.IO.File.ReadLines(SharedData.PathOrSkip("golden/cf/surprise_u1_test500.tsv")).Skip(1))
        {
            string[] f = line.Split('\t');
            model.Predict(UserContext.Of(f[0]), [f[1]], rating);
            predictions.Add(rating[0]);
        }
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Mean, Is.EqualTo(ids.GetProperty("global_mean").GetDouble()).Within(1e-12));
            Assert.That(users, Is.EqualTo(golden[$"bu.BaselineOnly.{name}"]).Within(1e-11));
            Assert.That(items, Is.EqualTo(golden[$"bi.BaselineOnly.{name}"]).Within(1e-11));
            Assert.That(predictions, Is.EqualTo(golden[$"predictions.BaselineOnly.{name}"]).Within(3e-7), "float32");
        }
    }

    [TestCase("BaselineOnly.als", BaselineMethod.AlternatingLeastSquares)]
    [TestCase("BaselineOnly.sgd", BaselineMethod.GradientDescent)]
    public void Predict_HasTheGoldenErrorsOnAllFolds(string name, BaselineMethod method) =>
        RatingGolden.AssertFolds(name, train => BaselineRatingModel.Fit(RatingGolden.Catalog, train, new() { Method = method }), 1e-7, 1e-7);

    [Test]
    public void Predict_HasTheGoldenErrorsOnRandomFolds() =>
        RatingGolden.AssertRandomFolds("BaselineOnly.als", train => BaselineRatingModel.Fit(RatingGolden.Catalog, train), 1e-7);

    [Test]
    public void Predict_FoldsAStrangerIn()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        BaselineRatingModel model = BaselineRatingModel.Fit(catalog, log, new() { Epochs = 200 });
        float[] known = new float[30], folded = new float[30];
        string[] items = [.. catalog.Select(i => i.Id)];
        model.Predict(UserContext.Of("u7"), items, known);
        model.Predict(new UserContext { History = log.HistoryOf("u7") }, items, folded);
        Assert.That(folded, Is.EqualTo(known).Within(1e-5f), "after convergence the closed form changes nothing");
    }

    [Test]
    public void Predict_StaysWithinTheScaleAndNeverFails()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        BaselineRatingModel model = BaselineRatingModel.Fit(catalog, log, new() { UserShrinkage = 0.01, ItemShrinkage = 0.01 });
        UserContext wild = new() { Id = "u1", History = [new("", "i3", InteractionKind.Rating, 1e9f), new("", "i4"), new("", "elsewhere", InteractionKind.Rating, 3)] };
        float[] ratings = new float[3];
        foreach (UserContext user in (UserContext[])[UserContext.Of("u1"), UserContext.Of("nobody"), wild, new()])
        {
            model.Predict(user, ["i1", "i2", "unknown"], ratings);
            Assert.That(ratings, Is.All.InRange(1f, 5f));
        }
        model.Predict(new(), ["unknown"], ratings);
        Assert.That(ratings[0], Is.EqualTo((float)model.Mean));
    }

    [Test]
    public void Fit_RefusesWhatItCannotLearnFrom()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => BaselineRatingModel.Fit(catalog, new([new("u", "i1")])), Throws.ArgumentException.With.Message.Contains("Rating"));
            Assert.That(() => BaselineRatingModel.Fit(catalog, log, new() { Scale = new(5, 1) }), Throws.ArgumentException.With.Message.Contains(5.ToString(CultureInfo.InvariantCulture)));
            Assert.That(() => BaselineRatingModel.Fit(catalog, log, new() { LearningRate = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }
}
