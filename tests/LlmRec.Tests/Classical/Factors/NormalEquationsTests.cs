namespace LlmRec.Tests.Classical;

[TestFixture]
public sealed class NormalEquationsTests
{
    [Test]
    public void AddOuterProducts_EqualsItsPlainTwin([Range(1, 35)] int f)
    {
        for (int n = 0; n <= 9; n++)
        {
            double[] y = Random(n * f, 1), fast = Random(f * f, 2), plain = [.. fast];
            NormalEquations.AddOuterProducts(y, f, 0.7, fast);
            NormalEquations.AddOuterProductsScalar(y, f, 0.7, plain);
            Assert.That(fast, Is.EqualTo(plain).Within(1e-13), $"{n} rows");
        }
    }

    [Test]
    public void Solve_UndoesTheMatrix([Values(1, 2, 7, 16, 33)] int f)
    {
        double[] y = Random(3 * f * f, 3), a = new double[f * f], x = Random(f, 4), b = new double[f];
        NormalEquations.Gram(y, 3 * f, f, 2, a, new ParallelOptions());
        for (int p = 0; p < f; p++)
            for (int q = 0; q < f; q++) b[p] += a[Math.Min(p, q) * f + Math.Max(p, q)] * x[q];
        Assert.That(NormalEquations.Factor(a, f), Is.True);
        NormalEquations.Solve(a, f, b);
        Assert.That(b, Is.EqualTo(x).Within(1e-9));
    }

    [Test]
    public void Factor_SaysWhenThereIsNone() => Assert.That(NormalEquations.Factor([1, 2, 0, 1], 2), Is.False);

    private static double[] Random(int n, int seed)
    {
        var random = SplitMix.Of(seed, 0);
        double[] x = new double[n];
        for (int i = 0; i < n; i++) x[i] = 2 * random.NextDouble() - 1;
        return x;
    }
}
