using System.Runtime.Intrinsics;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed unsafe class CholeskyTests
{
    private static readonly int[] s_sizes = [1, 2, 5, 31, 64, 128, 129, 257, 300];

    /// <summary>XᵀX / n + ½ I, positive definite, in a matrix with a stride.</summary>
    private static Matrix Definite(int n, int seed)
    {
        Matrix x = Matrix.Random(n + 3, n, seed), a = new(n, n, n + 2);
        MatrixProduct.Gram(x.View, a.View, new ProductOptions { Scale = 1f / n });
        for (int i = 0; i < n; i++) a[i, i] += 0.5f;
        return a;
    }

    private static Matrix Copy(Matrix a)
    {
        var copy = new Matrix(a.Rows, a.Columns, a.Stride);
        a.Values.CopyTo(copy.Values, 0);
        return copy;
    }

    [Test]
    public void Factor_TimesItsTranspose_IsTheMatrix()
    {
        foreach (int n in s_sizes)
        {
            Matrix a = Definite(n, n), l = Copy(a);
            // the upper triangle must neither be read nor written
            for (int i = 0; i < n; i++) l.View.Row(i)[(i + 1)..].Fill(float.NaN);
            Cholesky.Factor(l.View);
            double worst = 0;
            for (int i = 0; i < n; i++)
            {
                Assert.That(l.View.Row(i)[(i + 1)..].ToArray(), Is.All.NaN);
                for (int j = 0; j <= i; j++)
                {
                    double sum = 0;
                    for (int p = 0; p <= j; p++) sum += (double)l[i, p] * l[j, p];
                    worst = Math.Max(worst, Math.Abs(sum - a[i, j]));
                }
            }

            Assert.That(worst, Is.LessThan(1e-5), $"n {n}");
            Assert.That(l.GapsAreUntouched, Is.True);
        }
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Solve_OfOneAndOfManyRightSides_SolvesTheSystem()
    {
        foreach (int n in s_sizes)
        {
            Matrix a = Definite(n, n), l = Copy(a), x = Matrix.Random(n, 7, 3), b = new(n, 7, 9);
            Cholesky.Factor(l.View);
            MatrixProduct.Multiply(a.View, x.View, b.View);
            float[] single = [.. Enumerable.Range(0, n).Select(i => b[i, 4])];
            Cholesky.Solve(l.View, b.View);
            Cholesky.Solve(l.View, single);
            double worst = 0;
            for (int i = 0; i < n; i++)
            {
                worst = Math.Max(worst, Math.Abs(single[i] - x[i, 4]));
                for (int j = 0; j < 7; j++) worst = Math.Max(worst, Math.Abs(b[i, j] - x[i, j]));
            }

            Assert.That(worst, Is.LessThan(2e-5), $"n {n}");
            Assert.That(b.GapsAreUntouched, Is.True);
        }
    }

    [Test]
    public void Invert_GivesASymmetricMatrix_ThatTimesAIsTheIdentity()
    {
        foreach (int n in s_sizes)
        {
            Matrix a = Definite(n, n), inverse = Copy(a), product = new(n, n);
            for (int i = 0; i < n; i++) inverse.View.Row(i)[(i + 1)..].Fill(float.NaN);
            Cholesky.Invert(inverse.View);
            MatrixProduct.Multiply(a.View, inverse.View, product.View);
            double worst = 0;
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                {
                    worst = Math.Max(worst, Math.Abs(product[i, j] - (i == j ? 1 : 0)));
                    if (inverse[i, j] != inverse[j, i]) Assert.Fail($"({i}, {j}) of {n} is not symmetric");
                }

            Assert.That(worst, Is.LessThan(2e-5), $"n {n}");
            Assert.That(inverse.GapsAreUntouched, Is.True);
        }
    }

    [Test]
    public void Invert_GivesTheSameBitsForEveryNumberOfThreads()
    {
        Matrix one = Definite(420, 1), many = Copy(one);
        Cholesky.Invert(one.View);
        Cholesky.Invert(many.View, threads: 4);
        Assert.That(many.Values.AsSpan().SequenceEqual(one.Values), Is.True);
    }

    [Test]
    public void Blocks_AgreeForEveryWidth()
    {
        foreach (int n in (int[])[1, 7, 16, 33, 128])
        {
            Matrix a = Definite(n, n);
            float[] expected = Block<LanesScalar, float>(a);
            Assert.That(Block<Lanes128, Vector128<float>>(a), Is.EqualTo(expected).Within(1e-5));
            if (LaneWidths.Best >= LaneWidth.V256) Assert.That(Block<Lanes256, Vector256<float>>(a), Is.EqualTo(expected).Within(1e-5));
            if (LaneWidths.Best >= LaneWidth.V512) Assert.That(Block<Lanes512, Vector512<float>>(a), Is.EqualTo(expected).Within(1e-5));
        }
    }

    private static float[] Block<TLanes, TVector>(Matrix a)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        int n = a.Rows;
        AlignedBuffer<float> u = new(CholeskyBlock.Size * CholeskyBlock.Size), w = new(CholeskyBlock.Size * CholeskyBlock.Size);
        for (int i = 0; i < n; i++)
            for (int j = i; j < n; j++) u.Span[i * CholeskyBlock.Size + j] = a[i, j];
        Assert.That(CholeskyBlock.Factor<TLanes, TVector>(u.Pointer, n), Is.EqualTo(-1));
        CholeskyBlock.Invert<TLanes, TVector>(u.Pointer, w.Pointer, n);
        GC.KeepAlive(u);
        return w.Span.ToArray();
    }

    [Test]
    public void Factor_NamesThePivotThatIsNotPositive()
    {
        foreach (int bad in (int[])[0, 5, 127, 128, 200])
        {
            Matrix a = Definite(201, 1);
            a[bad, bad] = -1;
            Assert.That(() => Cholesky.Factor(a.View), Throws.TypeOf<ArithmeticException>().With.Message.Contains($"pivot {bad} of 201"));
            a = Definite(201, 1);
            a[bad, Math.Max(0, bad - 1)] = float.NaN;
            Assert.That(() => Cholesky.Factor(a.View), Throws.TypeOf<ArithmeticException>());
        }
    }

    [Test]
    public void BadShapes_AreRefused()
    {
        Matrix a = new(3, 4), l = Definite(3, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Cholesky.Factor(a.View), Throws.ArgumentException.With.Message.Contains("square"));
            Assert.That(() => Cholesky.Invert(l.View, 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => Cholesky.Solve(l.View, new float[4]), Throws.ArgumentException);
            Assert.That(() => Cholesky.Solve(l.View, new Matrix(4, 2).View), Throws.ArgumentException);
            Assert.That(() => Cholesky.Factor(new Matrix(0, 0).View), Throws.Nothing);
        }
    }
}
