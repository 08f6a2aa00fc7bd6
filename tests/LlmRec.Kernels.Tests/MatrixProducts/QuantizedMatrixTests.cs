namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class QuantizedMatrixTests
{
    /// <summary>Bell-shaped values, as weights are, now and then a large one.</summary>
    private static Matrix Weights(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
            {
                double sum = 0;
                for (int e = 0; e < 6; e++) sum += random.NextDouble() - 0.5;
                matrix[i, j] = (float)(sum * (random.Next(200) == 0 ? 5 : 1));
            }

        return matrix;
    }

    private static Matrix Dequantized(QuantizedMatrix b)
    {
        var matrix = new Matrix(b.Rows, b.Columns);
        b.CopyTo(matrix.View);
        return matrix;
    }

    [Test]
    public void Pack_RoundsToTheNearestStep_AndNeverOverflowsAGroup()
    {
        foreach ((int k, int n) in (ReadOnlySpan<(int, int)>)[(1, 1), (7, 33), (8, 32), (30, 5), (384, 40)])
        {
            Matrix b = Weights(k, n, k + n);
            if (k == 30) b.Fill(1);   // the worst group: four equal weights
            var packed = QuantizedMatrix.Pack(b.View);
            Matrix back = Dequantized(packed);
            for (int j = 0; j < n; j++)
            {
                float scale = packed.Scales[j];
                for (int p = 0; p < k; p++)
                    Assert.That(back[p, j], Is.EqualTo(b[p, j]).Within(0.5001 * scale), $"({p}, {j}) of {k} x {n}");
                for (int step = 0; step < k; step += 8)
                    foreach (int first in (int[])[0, 2])
                    {
                        int[] group = [.. ((int[])[0, 1, 4, 5]).Select(e => step + first + e).Where(p => p < k).Select(p => (int)Math.Round(back[p, j] / scale))];
                        Assert.That(group.Where(q => q > 0).Sum(), Is.LessThanOrEqualTo(128));
                        Assert.That(group.Where(q => q < 0).Sum(), Is.GreaterThanOrEqualTo(-128));
                    }
            }
        }
    }

    [Test]
    public void PackTransposed_EqualsPackOfTheTranspose()
    {
        Matrix b = Weights(50, 37, 1);
        Assert.That(Dequantized(QuantizedMatrix.PackTransposed(b.Transposed().View)).Values, Is.EqualTo(Dequantized(QuantizedMatrix.Pack(b.View)).Values));
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Pack_OfTheWorstGroups_MultipliesWithoutSaturation()
    {
        // all weights equal, all inputs at the top of their range but one: every int16 sum is at its limit
        const int K = 64;
        Matrix a = new(1, K), b = new(K, 32), c = new(1, 32);
        a.Fill(1);
        foreach (float sign in (float[])[1, -1])
        {
            b.Fill(sign);
            foreach (LaneWidth width in Widths.Available())
            {
                MatrixProduct.Multiply(a.View, QuantizedMatrix.Pack(b.View), c.View, new ProductOptions { Width = width });
                Assert.That(c.Values, Is.All.EqualTo(sign * K).Within(0.02 * K), $"{width}");
            }
        }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_EqualsTheDequantizedProduct_WithinTheRoundingOfTheLeftSide(object width)
    {
        foreach (int m in (int[])[1, 2, 3, 5, 7, 8, 17])
            foreach (int n in (int[])[1, 32, 33, 70])
                foreach (int k in (int[])[1, 8, 9, 130])
                {
                    Matrix a = Matrix.Random(m, k, m + n + k, k + 1), b = Weights(k, n, m + n + k), c = new(m, n, n + 2);
                    var packed = QuantizedMatrix.Pack(b.View);
                    Matrix back = Dequantized(packed);
                    double[] expected = MatrixProductTests.Naive(a, back);
                    MatrixProduct.Multiply(a.View, packed, c.View, new ProductOptions { Width = (LaneWidth)width });
                    for (int i = 0; i < m; i++)
                    {
                        float[] row = a.View.Row(i).ToArray();
                        double range = Math.Max(0, row.Max()) - Math.Min(0, row.Min());
                        for (int j = 0; j < n; j++)
                        {
                            double bound = 0;
                            for (int p = 0; p < k; p++) bound += Math.Abs(back[p, j]) * range / 500;
                            Assert.That(c[i, j], Is.EqualTo(expected[i * n + j]).Within(bound + 1e-6), $"{m} {n} {k}");
                        }
                    }

                    Assert.That(c.GapsAreUntouched, Is.True);
                }
    }

    [Test]
    public void Multiply_GivesTheSameBitsForEveryWidthAndNumberOfThreads()
    {
        const int M = 70, N = 400, K = 300;
        Matrix a = Matrix.Random(M, K, 1), b = Weights(K, N, 2), first = new(M, N), c = new(M, N);
        var packed = QuantizedMatrix.Pack(b.View);
        MatrixProduct.Multiply(a.View, packed, first.View);
        foreach (int threads in (int[])[1, 2, 5])
            foreach (LaneWidth width in Widths.Available())
            {
                MatrixProduct.Multiply(a.View, packed, c.View, new ProductOptions { Width = width, Threads = threads });
                // without a fused multiply-add the last step rounds once more
                for (int i = 0; i < c.Values.Length; i++)
                    Assert.That(c.Values[i], Is.EqualTo(first.Values[i]).Within(LaneWidths.Best >= LaneWidth.V256 ? 0 : 1e-5), $"{width} {threads}");
            }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_FusesTheSameEpilogues(object width)
    {
        Matrix a = Matrix.Random(11, 64, 1), b = Weights(64, 75, 2), d = Matrix.Random(11, 75, 3);
        float[] bias = TestVectors.Uniform(75, 4);
        var packed = QuantizedMatrix.Pack(b.View);
        Matrix plain = new(11, 75);
        MatrixProduct.Multiply(a.View, packed, plain.View, new ProductOptions { Width = (LaneWidth)width });
        foreach (float scale in (float[])[1, 0.5f])
            foreach (bool accumulate in (bool[])[false, true])
            {
                Matrix c = Matrix.Random(11, 75, 5), former = Matrix.Random(11, 75, 5);
                MatrixProduct.Multiply(a.View, packed, c.View, new ProductOptions
                {
                    Width = (LaneWidth)width, Scale = scale, Accumulate = accumulate, Bias = bias, Activation = Activation.Silu, Residual = d.View,
                });
                for (int i = 0; i < 11; i++)
                    for (int j = 0; j < 75; j++)
                        Assert.That(c[i, j], Is.EqualTo(Reference.Silu(scale * plain[i, j] + (accumulate ? former[i, j] : 0) + bias[j]) + d[i, j]).Within(1e-5));
            }
    }

    [Test]
    public void Multiply_KeepsTheDirectionOfATypicalLayer()
    {
        const int M = 40, N = 384, K = 384;
        Matrix a = Weights(M, K, 1), b = Weights(K, N, 2), exact = new(M, N), c = new(M, N);
        MatrixProduct.Multiply(a.View, b.View, exact.View);
        MatrixProduct.Multiply(a.View, QuantizedMatrix.Pack(b.View), c.View);
        for (int i = 0; i < M; i++)
        {
            double dot = TestVectors.Dot(c.View.Row(i), exact.View.Row(i)), x = TestVectors.Dot(c.View.Row(i), c.View.Row(i)), y = TestVectors.Dot(exact.View.Row(i), exact.View.Row(i));
            Assert.That(dot / Math.Sqrt(x * y), Is.GreaterThan(0.999));
        }
    }

    [Test]
    public void Multiply_OfZeros_IsZero()
    {
        Matrix a = new(3, 20), b = new(20, 5), c = new(3, 5);
        MatrixProduct.Multiply(a.View, QuantizedMatrix.Pack(Weights(20, 5, 1).View), c.View);
        Assert.That(c.Values, Is.All.Zero);
        a.Fill(2);
        MatrixProduct.Multiply(a.View, QuantizedMatrix.Pack(b.View), c.View);
        Assert.That(c.Values, Is.All.Zero);
    }

    [Test]
    public void BadValues_AreNamed()
    {
        Matrix b = Weights(20, 5, 1), a = Matrix.Random(3, 20, 2), c = new(3, 5);
        var packed = QuantizedMatrix.Pack(b.View);
        b[7, 3] = float.NaN;
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            for (int p = 0; p < 20; p++)
            {
                Matrix broken = Matrix.Random(3, 20, 2);
                broken[1, p] = bad;
                Assert.That(() => MatrixProduct.Multiply(broken.View, packed, c.View), Throws.TypeOf<ArithmeticException>().With.Message.Contains("row 1"));
            }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => QuantizedMatrix.Pack(b.View), Throws.ArgumentException.With.Message.Contains("B(7, 3)"));
            Assert.That(() => QuantizedMatrix.PackTransposed(b.Transposed().View), Throws.ArgumentException.With.Message.Contains("B(7, 3)"));
            Assert.That(() => MatrixProduct.Multiply(a.View, packed, new Matrix(3, 4).View), Throws.ArgumentException);
            Assert.That(() => packed.CopyTo(new Matrix(3, 4).View), Throws.ArgumentException);
        }
    }
}
