using LlmRec.Tests.Evaluation;

namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class SlopeOneModelTests
{
    [Test]
    public void Predict_EqualsTheGolden()
    {
        SlopeOneModel model = SlopeOneModel.Fit(RatingGolden.Catalog, RatingGolden.Train(1));
        Assert.That(RatingGolden.First500(model), Is.EqualTo(Golden.Doubles("golden/cf/surprise_u1.safetensors")["predictions.SlopeOne"]).Within(1e-6));
    }

    [Test]
    public void Predict_HasTheGoldenErrorOverFiveFolds()
    {
        double mean = Enumerable.Range(1, 5).Average(n => RatingGolden.Rmse(SlopeOneModel.Fit(RatingGolden.Catalog, RatingGolden.Train(n)), RatingGolden.Test(n)));
        Assert.That(mean, Is.EqualTo(RatingGolden.Expected("SlopeOne")).Within(1e-6));
    }
}
