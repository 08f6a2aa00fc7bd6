namespace LlmRec.Tests.Evaluation;

[TestFixture]
public sealed class StatisticsTests
{
    // erfc(z/√2) to sixteen digits (tables of Abramowitz and Stegun; mpmath for the tails)
    [TestCase(0, 1)]
    [TestCase(0.5, 0.6170750774519738)]
    [TestCase(1, 0.31731050786291415)]
    [TestCase(1.959963984540054, 0.05)]
    [TestCase(3, 0.0026997960632601866)]
    [TestCase(6, 1.9731752900753543e-9)]
    public void NormalTwoSided_HasTheKnownValues(double z, double p) =>
        Assert.That(SpecialFunctions.NormalTwoSided(z), Is.EqualTo(p).Within(1e-10).Percent);

    // ν = 1 is Cauchy: 1 − 2/π·atan t; ν = 2: 1 − t/√(2 + t²)
    [Test]
    public void StudentTwoSided_IsTheClosedFormForOneAndTwoDegrees([Values(0.1, 0.7, 1, 2.5, 10, 1000)] double t)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SpecialFunctions.StudentTwoSided(t, 1), Is.EqualTo(2 / Math.PI * Math.Atan(1 / t)).Within(1e-9).Percent);
            Assert.That(SpecialFunctions.StudentTwoSided(t, 2), Is.EqualTo(2 / (Math.Sqrt(2 + t * t) * (Math.Sqrt(2 + t * t) + t))).Within(1e-9).Percent);
        }
    }

    [Test]
    public void WilcoxonExact_CountsAllSignsLikeBruteForce()
    {
        double[] d = [0.3, -1.1, 2.4, -0.2, 3.3, 1.7, -2.9, 4.1];
        int[] ranks = [.. d.Select(x => 1 + d.Count(y => Math.Abs(y) < Math.Abs(x)))];
        double w = Math.Min(ranks.Where((_, i) => d[i] > 0).Sum(), ranks.Where((_, i) => d[i] < 0).Sum());
        int asSmall = Enumerable.Range(0, 1 << d.Length).Count(signs => ranks.Where((_, i) => (signs >> i & 1) == 1).Sum() <= w);
        PairedTestResult r = PairedTest.WilcoxonExact(d, new double[d.Length]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(r.Statistic, Is.EqualTo(w));
            Assert.That(r.PValue, Is.EqualTo(Math.Min(1, 2.0 * asSmall / (1 << d.Length))).Within(1e-15));
            Assert.That(() => PairedTest.WilcoxonExact([1, 1], [0, 0]), Throws.ArgumentException.With.Message.Contains("equal size"));
            Assert.That(() => PairedTest.WilcoxonExact([1, 0], [0, 0]), Throws.ArgumentException);
        }
    }

    [Test]
    public void PairedTests_OfEqualOrTooFewValuesAreNeverNaN()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PairedTest.Student([], []), Is.EqualTo(new PairedTestResult(0, 0, null, null)));
            Assert.That(PairedTest.Student([1], [0]).PValue, Is.Null);
            Assert.That(PairedTest.Student([1, 2], [0, 1]).PValue, Is.Null, "all differences are 1");
            Assert.That(PairedTest.Student([1, 2], [1, 2]).PValue, Is.EqualTo(1));
            Assert.That(PairedTest.Wilcoxon([1, 2], [1, 2]).PValue, Is.EqualTo(1));
            Assert.That(PairedTest.Wilcoxon([], []).PValue, Is.EqualTo(1));
            Assert.That(() => PairedTest.Student([1], [1, 2]), Throws.ArgumentException);
            Assert.That(() => PairedTest.Student([double.NaN], [1]), Throws.ArgumentException);
        }
    }

    [Test]
    public void Bootstrap_CoversTheMeanAboutAsOftenAsItSays()
    {
        var random = new Random(7);
        int covered = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            double[] values = [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())];
            var (low, high) = Bootstrap.MeanInterval(values, 200, 0.9, trial)!.Value;
            if (low <= 0.5 && 0.5 <= high) covered++;
        }
        Assert.That(covered, Is.InRange(165, 195));
    }

    [Test]
    public void Bootstrap_SameSeedSameInterval_AndNullWithoutValues()
    {
        double[] values = [1, 5, 2, 8, 3];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Bootstrap.MeanInterval((double[])[.. values], 100, 0.95, 4), Is.EqualTo(Bootstrap.MeanInterval(values, 100, 0.95, 4)));
            Assert.That(Bootstrap.MeanInterval(values, 100, 0.95, 4), Is.Not.EqualTo(Bootstrap.MeanInterval(values, 100, 0.95, 5)));
            Assert.That(Bootstrap.MeanInterval([], 100), Is.Null);
            Assert.That(Bootstrap.MeanInterval([2, 2, 2], 10), Is.EqualTo((2.0, 2.0)));
            Assert.That(() => Bootstrap.MeanInterval(values, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Bootstrap.MeanInterval(values, 10, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Bootstrap_DrawsPairedSystemsAlike()
    {
        double[] a = [0.1, 0.9, 0.4, 0.7, 0.2, 0.8], b = [.. a.Select(x => x - 0.25)];
        var (low, high) = Bootstrap.DifferenceInterval(a, b)!.Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(low, Is.EqualTo(0.25).Within(1e-12));
            Assert.That(high, Is.EqualTo(0.25).Within(1e-12));
        }
    }

    [TestCase(new double[] { 1, 2, 3, 4, 5 }, 0.5, 3)]
    [TestCase(new double[] { 1, 2, 3, 4, 5 }, 0.1, 1.4)]
    [TestCase(new double[] { 7 }, 0.975, 7)]
    public void Quantile_InterpolatesAtQTimesNMinusOne(double[] sorted, double q, double expected) =>
        Assert.That(Bootstrap.Quantile(sorted, q), Is.EqualTo(expected).Within(1e-12));
}
