namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class RidgeRowsTests
{
    private const double GramWeight = 0.7, RowWeight = 3, Target = 4;
    private const float Penalty = 0.5f;

    private static readonly int[] s_factors = [1, 2, 5, 15, 16, 17, 31, 32, 33, 48, 64, 70, 100, 128];
    private static readonly int[] s_counts = [0, 1, 2, 3, 4, 5, 9, 40, 63, 64, 65, 200];

    [Test, Category(NarrowWidthsTests.Category)]
    public void Solve_FindsWhatPlainEliminationFinds([ValueSource(nameof(s_factors))] int f)
    {
        RowMatrix y = Rows(300, f, 1);
        foreach (LaneWidth width in Widths.Available())
        {
            var ridge = new RidgeRows(y, GramWeight, RowWeight, Target) { Width = width };
            foreach (int n in s_counts)
            {
                int[] rows = Draw(n, y.Rows, n);
                float[] x = new float[f];
                Assert.That(ridge.Solve(rows, Penalty, x), Is.True);
                Assert.That(x, Is.EqualTo(Plain(y, rows)).Within(2e-5), $"{width}, {n} rows");
            }
        }
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Improve_ReachesTheSolution([ValueSource(nameof(s_factors))] int f)
    {
        RowMatrix y = Rows(300, f, 2);
        foreach (LaneWidth width in Widths.Available())
        {
            var ridge = new RidgeRows(y, GramWeight, RowWeight, Target) { Width = width };
            foreach (int n in s_counts)
            {
                int[] rows = Draw(n, y.Rows, n);
                float[] x = new float[f];
                x.AsSpan().Fill(0.1f);
                ridge.Improve(rows, Penalty, 60, x);
                Assert.That(x, Is.EqualTo(Plain(y, rows)).Within(1e-4), $"{width}, {n} rows");
            }
        }
    }

    [Test]
    public void Improve_TakesTheStepsOfThePlainMethod()
    {
        const int f = 20;
        RowMatrix y = Rows(50, f, 3);
        int[] rows = Draw(13, y.Rows, 4);
        (double[] a, double[] b) = System(y, rows);
        double[] x = new double[f], r = [.. b], d = [.. b];
        double old = r.Sum(v => v * v);
        for (int step = 0; step < 3; step++)
        {
            double[] product = [.. Enumerable.Range(0, f).Select(p => Enumerable.Range(0, f).Sum(q => a[p * f + q] * d[q]))];
            double length = old / d.Zip(product, (u, v) => u * v).Sum();
            for (int k = 0; k < f; k++)
            {
                x[k] += length * d[k];
                r[k] -= length * product[k];
            }
            double now = r.Sum(v => v * v);
            for (int k = 0; k < f; k++) d[k] = r[k] + now / old * d[k];
            old = now;
        }
        float[] ours = new float[f];
        new RidgeRows(y, GramWeight, RowWeight, Target).Improve(rows, Penalty, 3, ours);
        Assert.That(ours, Is.EqualTo(x).Within(1e-5));
    }

    [Test]
    public void Solve_IsTheSameForAnyNumberOfThreadsAndAfterOtherWork()
    {
        RowMatrix y = Rows(3000, 24, 5), other = Rows(90, 64, 6);
        int[] rows = Draw(100, y.Rows, 7);
        float[] one = new float[24], three = new float[24], again = new float[24];
        RidgeRows ridge = new(y, GramWeight, RowWeight, Target);
        ridge.Solve(rows, Penalty, one);
        new RidgeRows(y, GramWeight, RowWeight, Target, threads: 3).Solve(rows, Penalty, three);
        new RidgeRows(other, GramWeight, RowWeight, Target).Solve([1, 2, 3], Penalty, new float[64]);
        ridge.Solve(rows, Penalty, again);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(three, Is.EqualTo(one));
            Assert.That(again, Is.EqualTo(one));
        }
    }

    [Test]
    public void Over_TakesSetsFromOtherRowsUnderTheSameGram()
    {
        RowMatrix y = Rows(40, 8, 9), more = new(41, 8);
        y.Padded.CopyTo(more.Padded);
        float[] one = new float[8], other = new float[8];
        RidgeRows ridge = new(y, GramWeight, RowWeight, Target);
        ridge.Solve([1, 2, 3], Penalty, one);
        ridge.Over(more).Solve([1, 2, 40, 3], Penalty, other);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other, Is.EqualTo(one));
            Assert.That(() => ridge.Over(Rows(3, 7, 1)), Throws.ArgumentException);
        }
    }

    [Test]
    public void Solve_SaysWhenThereIsNoSolution()
    {
        RowMatrix y = Rows(10, 8, 8);
        float[] x = new float[8];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new RidgeRows(y, 0, -1, 1).Solve([1, 2], 0.001f, x), Is.False);
            Assert.That(x, Is.All.Zero);
            Assert.That(() => new RidgeRows(y, 1, 1, 1).Solve([10], 1, x), Throws.ArgumentException.With.Message.Contains("10"));
            Assert.That(() => new RidgeRows(y, 1, 1, 1).Solve([1], 1, new float[7]), Throws.ArgumentException.With.Message.Contains('7'));
        }
    }

    private static RowMatrix Rows(int n, int f, int seed)
    {
        var random = new Random(seed);
        var y = new RowMatrix(n, f);
        for (int i = 0; i < n; i++)
            foreach (ref float v in y.Row(i)) v = (random.NextSingle() * 2 - 1) / MathF.Sqrt(f);
        return y;
    }

    private static int[] Draw(int n, int rows, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => random.Next(rows))];
    }

    private static (double[] A, double[] B) System(RowMatrix y, int[] rows)
    {
        int f = y.Columns;
        double[] a = new double[f * f], b = new double[f];
        void Add(ReadOnlySpan<float> row, double weight)
        {
            for (int p = 0; p < f; p++)
                for (int q = 0; q < f; q++) a[p * f + q] += weight * row[p] * row[q];
        }
        for (int i = 0; i < y.Rows; i++) Add(y.Row(i), GramWeight);
        foreach (int r in rows)
        {
            Add(y.Row(r), RowWeight);
            for (int k = 0; k < f; k++) b[k] += Target * y.Row(r)[k];
        }
        for (int k = 0; k < f; k++) a[k * f + k] += Penalty;
        return (a, b);
    }

    /// <summary>Gauss without pivoting in float64.</summary>
    private static double[] Plain(RowMatrix y, int[] rows)
    {
        int f = y.Columns;
        (double[] a, double[] b) = System(y, rows);
        for (int k = 0; k < f; k++)
        {
            for (int i = k + 1; i < f; i++)
            {
                double w = a[i * f + k] / a[k * f + k];
                for (int q = k; q < f; q++) a[i * f + q] -= w * a[k * f + q];
                b[i] -= w * b[k];
            }
        }
        for (int k = f - 1; k >= 0; k--)
        {
            for (int q = k + 1; q < f; q++) b[k] -= a[k * f + q] * b[q];
            b[k] /= a[k * f + k];
        }
        return b;
    }
}
