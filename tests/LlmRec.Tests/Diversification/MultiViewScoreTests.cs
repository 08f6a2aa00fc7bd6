namespace LlmRec.Tests;

[TestFixture]
public sealed class MultiViewScoreTests
{
    [Test]
    public void Score_IsTheWeightedSumOfStandardisedViews()
    {
        var scores = new float[2];
        new MultiViewScore(["relevance", "quality"], [2, -1]).Score([10, 1, 20, 3], scores);
        Assert.That(scores, Is.EqualTo(new[] { -1f, 1f }).Within(1e-6f));
    }

    [Test]
    public void Fit_FindsTheWeightsThatMadeTheChoices()
    {
        var random = new Random(3);
        var lists = new List<(float[], int)>();
        for (int l = 0; l < 3000; l++)
        {
            float[] x = [.. Enumerable.Range(0, 24).Select(_ => (float)Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * MathF.Cos(2 * MathF.PI * random.NextSingle()))];
            double[] p = [.. Enumerable.Range(0, 8).Select(i => Math.Exp(1.5 * x[3 * i] - 0.5 * x[3 * i + 1]))];
            double draw = random.NextDouble() * p.Sum();
            int chosen = 0;
            while (chosen < 7 && (draw -= p[chosen]) > 0)
                chosen++;
            lists.Add((x, chosen));
        }
        MultiViewScore fitted = MultiViewScore.Fit(["relevance", "age", "noise"], lists);
        // Standardising within eight candidates changes each list's unit a little, hence the width.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fitted.Weights[0] / fitted.Weights[1], Is.EqualTo(-3).Within(0.5));
            Assert.That(fitted.Weights[0], Is.EqualTo(1.45).Within(0.2));
            Assert.That(fitted.Weights[2], Is.Zero.Within(0.08));
        }
    }

    [Test]
    public void FaultyInput_IsRefused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new MultiViewScore([], []), Throws.ArgumentException);
            Assert.That(() => new MultiViewScore(["a"], [double.NaN]), Throws.ArgumentException);
            Assert.That(() => new MultiViewScore(["a"], [1]).Score([float.NaN], new float[1]), Throws.ArgumentException);
            Assert.That(() => MultiViewScore.Fit(["a"], []), Throws.ArgumentException);
            Assert.That(() => MultiViewScore.Fit(["a"], [([1f, 2f], 2)]), Throws.ArgumentException.With.Message.Contains("list 0"));
        }
    }
}
