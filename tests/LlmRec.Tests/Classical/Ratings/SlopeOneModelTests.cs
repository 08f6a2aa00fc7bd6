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
    public void Predict_HasTheGoldenErrorsOnAllFolds() =>
        RatingGolden.AssertFolds("SlopeOne", train => SlopeOneModel.Fit(RatingGolden.Catalog, train), 1e-6, 1e-6);

    [Test]
    public void Predict_HasTheGoldenErrorsOnRandomFolds() =>
        RatingGolden.AssertRandomFolds("SlopeOne", train => SlopeOneModel.Fit(RatingGolden.Catalog, train), 1e-6);
}
