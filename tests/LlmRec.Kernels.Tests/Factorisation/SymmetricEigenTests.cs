using FsCheck;
using FsCheck.Fluent;
using LlmRec.Kernels;

namespace LlmRec.Kernels.Tests;

internal sealed class SymmetricEigenTests
{
    [Test]
    public void Decompose_RebuildsTheMatrix_WithOrthonormalVectors([Values(1, 2, 3, 4, 7, 16, 33, 144)] int n, [Values(1, 2)] int seed)
    {
        double[] a = RandomSymmetric(n, seed);
        (double[] values, double[] v) = Decompose(a, n);
        Assert.That(values, Is.Ordered.Descending);
        double worst = 0, skew = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double rebuilt = 0, product = 0;
                for (int k = 0; k < n; k++)
                {
                    rebuilt += values[k] * v[k * n + i] * v[k * n + j];
                    product += v[i * n + k] * v[j * n + k];
                }
                worst = Math.Max(worst, Math.Abs(rebuilt - a[i * n + j]));
                skew = Math.Max(skew, Math.Abs(product - (i == j ? 1 : 0)));
            }
        }
        using (Assert.EnterMultipleScope())
        {
            Assert.That(worst, Is.LessThan(1e-13 * n));
            Assert.That(skew, Is.LessThan(1e-14 * n));
        }
    }

    [Test]
    public void Decompose_KnownMatrix_GivesItsKnownEigenvalues()
    {
        // The path graph's Laplacian: λ_k = 2 − 2 cos(π k / n).
        const int n = 12;
        var a = new double[n * n];
        for (int i = 0; i + 1 < n; i++)
        {
            a[i * n + i]++;
            a[(i + 1) * n + i + 1]++;
            a[i * n + i + 1] = a[(i + 1) * n + i] = -1;
        }
        (double[] values, _) = Decompose(a, n);
        Assert.That(values, Is.EqualTo(Enumerable.Range(0, n).Select(k => 2 - 2 * Math.Cos(Math.PI * (n - 1 - k) / n))).Within(1e-14));
    }

    [Test]
    public void Decompose_DiagonalAndZeroAndRepeatedValues_AreExact()
    {
        (double[] values, double[] v) = Decompose([3, 0, 0, 0, 7, 0, 0, 0, 3], 3);
        (double[] zeros, _) = Decompose(new double[25], 5);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values, Is.EqualTo(new double[] { 7, 3, 3 }));
            Assert.That(v.Take(3), Is.EqualTo(new double[] { 0, 1, 0 }));
            Assert.That(zeros, Is.All.Zero);
        }
    }

    [Test]
    public void Decompose_RankOne_LeavesTheRestAtRounding()
    {
        const int n = 40;
        double[] x = [.. Enumerable.Range(0, n).Select(i => Math.Sin(i + 1))];
        var a = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                a[i * n + j] = x[i] * x[j];
        (double[] values, double[] v) = Decompose(a, n);
        double norm = Math.Sqrt(x.Sum(q => q * q));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values[0], Is.EqualTo(norm * norm).Within(1e-12));
            Assert.That(values.Skip(1), Is.All.InRange(-1e-13, 1e-13));
            Assert.That(Enumerable.Range(0, n).Max(i => Math.Abs(Math.Abs(v[i]) - Math.Abs(x[i]) / norm)), Is.LessThan(1e-13));
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public Property Decompose_KeepsTraceAndSquaredNorm_ForMatricesOfAnyScale() => Prop.ForAll(
        Gen.Choose(1, 12).SelectMany(n => Gen.Choose(-100, 100).ArrayOf(n * n).Zip(Gen.Choose(-60, 60))).ToArbitrary(), pair =>
        {
            int n = (int)Math.Sqrt(pair.Item1.Length);
            double scale = Math.Pow(10, pair.Item2);
            var a = new double[n * n];
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    a[i * n + j] = scale * (pair.Item1[i * n + j] + pair.Item1[j * n + i]);
            (double[] values, _) = Decompose(a, n);
            double norm = Math.Sqrt(a.Sum(x => x * x));
            return Math.Abs(values.Sum() - Enumerable.Range(0, n).Sum(i => a[i * n + i])) <= 1e-12 * norm
                && Math.Abs(Math.Sqrt(values.Sum(x => x * x)) - norm) <= 1e-12 * norm;
        });

    [Test]
    public void Decompose_RefusesNaNAndShortSpans()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Decompose([double.NaN], 1), Throws.ArgumentException.With.Message.Contains("NaN"));
            Assert.That(() => SymmetricEigen.Decompose(new double[4], 2, new double[1], new double[4]), Throws.ArgumentException);
            Assert.That(() => SymmetricEigen.Decompose([], 0, [], []), Throws.Nothing);
        }
    }

    private static (double[] Values, double[] Vectors) Decompose(double[] a, int n)
    {
        double[] values = new double[n], vectors = new double[n * n];
        SymmetricEigen.Decompose([.. a], n, values, vectors);
        return (values, vectors);
    }

    private static double[] RandomSymmetric(int n, int seed)
    {
        var random = new Random(seed);
        var a = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
                a[i * n + j] = a[j * n + i] = random.NextDouble() * 2 - 1;
        return a;
    }
}
