namespace LlmRec.Tests;

[TestFixture]
public sealed class DiversityTunerTests
{
    [Test]
    public void Tune_FindsTheLargestKnobWithinTheLoss()
    {
        DiversityCase[] cases = [.. Enumerable.Range(0, 60).Select(Case)];
        DiversityTuning tuning = DiversityTuner.Tune(cases, new Dictionary<string, IDiversifier>
        {
            ["MMR"] = Diversifier.Create(DiversityStrategy.Mmr),
            ["DPP"] = Diversifier.Create(DiversityStrategy.Dpp),
        }, new() { Count = 5, MostLoss = 0.1, Steps = 5 });
        foreach (string name in new[] { "MMR", "DPP" })
        {
            double zero = tuning.Curves[name][0].Ndcg;
            DiversityMeasurement best = tuning.Best[name];
            using (Assert.EnterMultipleScope())
            {
                Assert.That(zero, Is.GreaterThan(0));
                Assert.That(best.Ndcg, Is.GreaterThanOrEqualTo(0.9 * zero));
                Assert.That(best.IntraListDistance, Is.GreaterThanOrEqualTo(tuning.Curves[name][0].IntraListDistance - 1e-9));
                Assert.That(tuning.Curves[name].Select(m => m.Diversity), Is.Ordered);
            }
        }
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tuning.ToMarkdown().Split('\n'), Has.Length.EqualTo(6));
            Assert.That(tuning.ToSvg(), Does.StartWith("<svg").And.Contains("MMR").And.Not.Contain("NaN"));
        }
    }

    [Test]
    public void Measure_CountsWhatTheListHas()
    {
        Item[] items = [new() { Id = "0", Categories = ["a"] }, new() { Id = "1", Categories = ["b"] }, new() { Id = "2", Categories = ["c"] }];
        var c = new RankedCandidates
        {
            Scores = new float[] { 3, 2, 1 },
            Vectors = new float[] { 1, 0, 0, 1, 1, 1 },
            Dimensions = 2,
            Items = items,
            Taste = new Dictionary<string, float> { ["a"] = 1, ["b"] = 1 },
        };
        DiversityMeasurement m = DiversityTuner.Measure([new(c, [1])], "order", Diversifier.Create(DiversityStrategy.Relevance), 0, 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(m.Ndcg, Is.EqualTo(1 / Math.Log2(3)).Within(1e-9));
            Assert.That(m.HitRate, Is.EqualTo(1));
            Assert.That(m.IntraListDistance, Is.EqualTo(1).Within(1e-6));
            Assert.That(m.LeastDistance, Is.EqualTo(1).Within(1e-6));
            Assert.That(m.CategoryEntropy, Is.EqualTo(Math.Log(2)).Within(1e-9));
            Assert.That(m.SubtopicRecall, Is.EqualTo(2.0 / 3).Within(1e-9));
            Assert.That(m.AlphaNdcg, Is.EqualTo(1).Within(1e-9));
            Assert.That(m.CalibrationKl, Is.Zero.Within(1e-9));
            Assert.That(m.Coverage, Is.EqualTo(2));
            Assert.That(m.Gini, Is.EqualTo(1.0 / 3).Within(1e-9));
        }
    }

    [Test]
    public void FaultyCases_AreNamed()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => DiversityTuner.Measure([], "x", Diversifier.Create(DiversityStrategy.Mmr), 0.5), Throws.ArgumentException);
            Assert.That(() => DiversityTuner.Measure([new(new RankedCandidates { Scores = new float[1] }, [1])], "x", Diversifier.Create(DiversityStrategy.Mmr), 0.5),
                Throws.ArgumentException.With.Message.Contains("case 0"));
        }
    }

    private static DiversityCase Case(int seed)
    {
        RankedCandidates c = RandomCandidates.Make(seed, 30, 6, clustered: true, taste: true);
        int best = Array.IndexOf(c.Scores.ToArray(), c.Scores.ToArray().Max());
        return new(c, seed % 3 == 0 ? [best, seed % 30] : [seed % 30]);
    }
}
