namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class SymmetricProductTests
{
    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Gram_EqualsTheProduct_AndIsSymmetricToTheBit(object width)
    {
        foreach (int n in (int[])[1, 7, 32, 33, 100])
            foreach (int k in (int[])[1, 40, 2500])
                foreach (bool accumulate in (bool[])[false, true])
                {
                    if (k == 2500 && n > 33) continue;
                    Matrix a = Matrix.Random(k, n, n + k, n + 1), c = new(n, n, n + 3), other = new(n, n);
                    if (accumulate) MatrixProduct.Gram(Matrix.Random(3, n, 9).View, c.View);
                    double[] expected = MatrixProductTests.Naive(a.Transposed(), a, 0.5, accumulate ? c : null);
                    for (int i = 0; i < n; i++) c.View.Row(i).CopyTo(other.View.Row(i));
                    MatrixProduct.Gram(a.View, c.View, new ProductOptions { Width = (LaneWidth)width, Scale = 0.5f, Accumulate = accumulate });
                    MatrixProduct.GramOfRows(a.Transposed().View, other.View, new ProductOptions { Width = (LaneWidth)width, Scale = 0.5f, Accumulate = accumulate, Threads = 3 });
                    MatrixProductTests.AssertClose(c, expected, 1e-5 + 2e-7 * k, $"columns {n} {k}");
                    MatrixProductTests.AssertClose(other, expected, 1e-5 + 2e-7 * k, $"rows {n} {k}");
                    for (int i = 0; i < n; i++)
                        for (int j = 0; j < i; j++)
                            if (c[i, j] != c[j, i]) Assert.Fail($"({i}, {j}) of {n} is not symmetric");
                    Assert.That(c.GapsAreUntouched, Is.True);
                }
    }

    [Test]
    public void Gram_GivesTheSameBitsForEveryNumberOfThreads()
    {
        Matrix a = Matrix.Random(300, 260, 1), one = new(260, 260), many = new(260, 260);
        MatrixProduct.Gram(a.View, one.View);
        foreach (int threads in (int[])[2, 3, 7])
        {
            MatrixProduct.Gram(a.View, many.View, new ProductOptions { Threads = threads });
            Assert.That(many.Values.AsSpan().SequenceEqual(one.Values), Is.True);
        }
    }

    [Test]
    public void BadShapes_AreRefused()
    {
        Matrix a = new(3, 4);
        float[] bias = new float[4];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => MatrixProduct.Gram(a.View, new Matrix(3, 3).View), Throws.ArgumentException.With.Message.Contains("4 x 4"));
            Assert.That(() => MatrixProduct.GramOfRows(a.View, new Matrix(4, 4).View), Throws.ArgumentException.With.Message.Contains("3 x 3"));
            Assert.That(() => MatrixProduct.Gram(a.View, new Matrix(4, 4).View, new ProductOptions { Bias = bias }), Throws.ArgumentException.With.Message.Contains("symmetric"));
        }
    }
}
