using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class RatingAlsModelTests
{
    /// <summary>LensKit's BiasedMF with the same options starts elsewhere, so errors are compared and not predictions.</summary>
    [Test]
    public void Predict_ErrsNoMoreThanLensKit()
    {
        double theirs = Golden.Json("golden/cf/lenskit_stats.json").GetProperty("u1").GetProperty("biasedmf.50.reg0.1.ep10").GetProperty("rmse_where_scored").GetDouble();
        double ours = RatingGolden.Rmse(RatingAlsModel.Fit(RatingGolden.Catalog, RatingGolden.Train(1)), RatingGolden.Test(1));
        TestContext.Out.WriteLine($"ours {ours:0.00000}, LensKit {theirs:0.00000}");
        Assert.That(ours, Is.LessThan(theirs + 0.003));
    }

    [Test]
    public void Fit_IsTheSameForAnyNumberOfThreads()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        string[] all = [.. catalog.Select(i => i.Id)];
        float[] one = new float[30], three = new float[30];
        RatingAlsModel.Fit(catalog, log, new() { Factors = 5, Threads = 1 }).Predict(UserContext.Of("u3"), all, one);
        RatingAlsModel.Fit(catalog, log, new() { Factors = 5, Threads = 3 }).Predict(UserContext.Of("u3"), all, three);
        Assert.That(one, Is.EqualTo(three));
    }

    [Test]
    public void Fit_TellsTastesApart()
    {
        (Catalog catalog, InteractionLog log) = SmallRatings.Make();
        RatingAlsModel model = RatingAlsModel.Fit(catalog, log, new() { Factors = 3 });
        float[] ratings = new float[2];
        model.Predict(new UserContext { History = [new("", "i2", InteractionKind.Rating, 5), new("", "i4", InteractionKind.Rating, 5), new("", "i5", InteractionKind.Rating, 1)] }, ["i6", "i7"], ratings);
        Assert.That(ratings[0], Is.GreaterThan(ratings[1] + 0.5f));
    }
}
