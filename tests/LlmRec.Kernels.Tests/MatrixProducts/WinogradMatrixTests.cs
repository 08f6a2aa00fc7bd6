using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LlmRec.Tests;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class WinogradMatrixTests
{
    private static readonly int[] s_sizes = [1, 3, 6, 8, 9, 17, 31, 32, 33, 65];

    /// <summary>Winograd's inner product as plain loops: the oracle of every tile, to the bit. Rows and weights are of the level already.</summary>
    private static float Plain(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int k = a.Length, paired = k - k % 3;
        double ofColumn = 0;
        for (int p = 0; p < paired; p += 3) ofColumn += (double)b[p] * b[p + 1];
        float sum = (float)-ofColumn - PairSum(a);
        for (int p = 0; p < paired; p += 3)
        {
            sum = MathF.FusedMultiplyAdd(a[p] + b[p + 1], a[p + 1] + b[p], sum);
            sum = MathF.FusedMultiplyAdd(a[p + 2], b[p + 2], sum);
        }

        for (int p = paired; p < k; p++) sum = MathF.FusedMultiplyAdd(a[p], b[p], sum);
        return sum;
    }

    /// <summary>The sum over the pairs in the order of the vectors: lanes of 48 numbers, then their thirds, then halves.</summary>
    private static float PairSum(ReadOnlySpan<float> a)
    {
        int k = a.Length, paired = k - k % 3, p = 0;
        float[] lanes = new float[48];
        for (; p + 48 <= k; p += 48)
            for (int l = 0; l < 48; l += 3)
            {
                // the last third looks for the start of a pair from its end
                int lane = l < 32 ? l : l + 1;
                lanes[lane] += a[p + l] * a[p + l + 1];
            }

        float[] sums = new float[16];
        for (int l = 0; l < 16; l++) sums[l] = lanes[l] + lanes[16 + l] + lanes[32 + l];
        for (int half = 8; half > 2; half /= 2)
            for (int l = 0; l < half; l++) sums[l] += sums[half + l];
        float sum = sums[0] + sums[2] + (sums[1] + sums[3]);
        for (; p < paired; p += 3) sum += a[p] * a[p + 1];
        return sum;
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_HasTheBitsOfPlainLoops(object width)
    {
        if (!Fma.IsSupported && !AdvSimd.IsSupported) Assert.Ignore("needs fused multiply-add");
        foreach ((int m, int n, int k) in (ReadOnlySpan<(int, int, int)>)[(1, 1, 1), (2, 33, 2), (13, 64, 3), (9, 40, 47), (7, 32, 48), (8, 45, 50), (17, 70, 196), (30, 32, 384), (9, 33, 1024), (13, 40, 2047), (11, 70, 4100)])
        {
            Matrix a = Matrix.Random(m, k, 1), b = Matrix.Random(k, n, 2), bt = b.Transposed(), c = new(m, n);
            MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(b.View), c.View, new ProductOptions { Width = (LaneWidth)width });
            for (int i = 0; i < m; i++)
                for (int j = 0; j < n; j++) Assert.That(c[i, j], Is.EqualTo(Plain(a.View.Row(i), bt.View.Row(j))), $"{m} x {k} x {n} at {i}, {j}");
        }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_EqualsDoublePrecision_ForEverySizeAndStride(object width)
    {
        int seed = 0;
        foreach (int m in s_sizes)
            foreach (int n in s_sizes)
                foreach (int k in (int[])[1, 20, 53])
                {
                    seed++;
                    Matrix a = Matrix.Random(m, k, seed, k + seed % 3), b = Matrix.Random(k, n, seed + 1, n + seed % 5), c = new(m, n, n + seed % 4);
                    double[] expected = MatrixProductTests.Naive(a, b);
                    var options = new ProductOptions { Width = (LaneWidth)width };
                    MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(b.View), c.View, options);
                    MatrixProductTests.AssertClose(c, expected, 1e-6 * k, $"{m} {n} {k}");
                    float[] first = [.. c.Values];
                    c.Fill(float.NaN);
                    MatrixProduct.Multiply(a.View, WinogradMatrix.PackTransposed(b.Transposed().View), c.View, options);
                    Assert.That(c.Values, Is.EqualTo(first), $"packed from the transpose {m} {n} {k}");
                    Assert.That(c.GapsAreUntouched, Is.True, "wrote between the rows");
                }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_FusesScaleAccumulationBiasActivationAndResidual(object width)
    {
        Func<double, double>[] functions = [x => x, Reference.Gelu, Reference.GeluTanh, Reference.Silu, x => Math.Max(x, 0)];
        foreach ((int m, int n, int k) in (ReadOnlySpan<(int, int, int)>)[(13, 45, 20), (8, 64, 33), (1, 7, 4)])
            foreach (float scale in (float[])[1, -0.25f, 0.3f])
                foreach (bool accumulate in (bool[])[false, true])
                    foreach (Activation activation in Enum.GetValues<Activation>())
                        foreach (bool residual in (bool[])[false, true])
                            foreach (bool bias in (bool[])[false, true])
                            {
                                Matrix a = Matrix.Random(m, k, 1), b = Matrix.Random(k, n, 2), c = Matrix.Random(m, n, 3, n + 1), d = Matrix.Random(m, n, 4, n + 2);
                                float[]? biases = bias ? TestVectors.Uniform(n, 5) : null;
                                double[] expected = MatrixProductTests.Naive(a, b, scale, accumulate ? c : null, biases, functions[(int)activation], residual ? d : null);
                                MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(b.View), c.View, new ProductOptions
                                {
                                    Width = (LaneWidth)width, Scale = scale, Accumulate = accumulate, Activation = activation, Bias = biases,
                                    Residual = residual ? d.View : default(MatrixSpan),
                                });
                                MatrixProductTests.AssertClose(c, expected, 1e-5, $"{m} {n} {k} {scale} {accumulate} {activation} {residual} {bias}");
                                Assert.That(c.GapsAreUntouched, Is.True, "wrote between the rows");
                            }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_GivesTheSameBitsWhereTheResidualIsCItself(object width)
    {
        foreach ((Activation activation, int k) in (ReadOnlySpan<(Activation, int)>)[(Activation.None, 500), (Activation.Silu, 500), (Activation.Silu, 4500)])
            foreach (int m in (int[])[1, 8, 45])
                foreach (int n in (int[])[32, 40, 96])
                    foreach (int threads in (int[])[1, 3])
                    {
                        Matrix a = Matrix.Random(m, k, 1), b = Matrix.Random(k, n, 2), c = Matrix.Random(m, n, 3), apart = new(m, n);
                        WinogradMatrix packed = WinogradMatrix.Pack(b.View);
                        float[] bias = TestVectors.Uniform(n, 4);
                        MatrixProduct.Multiply(a.View, packed, apart.View, new ProductOptions { Bias = bias, Activation = activation, Residual = c.View, Threads = threads, Width = (LaneWidth)width });
                        MatrixProduct.Multiply(a.View, packed, c.View, new ProductOptions { Bias = bias, Activation = activation, Residual = c.View, Threads = threads, Width = (LaneWidth)width });
                        Assert.That(c.Values, Is.EqualTo(apart.Values), $"{m} x {k} x {n}, {activation}, {threads} threads");
                    }
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Multiply_GivesARowTheSameBitsAloneInABatchAndWithAnyNumberOfThreads()
    {
        // rows of all sizes, so that some are brought to the level of the weights and some are not
        Matrix a = Matrix.Random(301, 100, 1), b = Matrix.Random(100, 200, 2), c = new(301, 200), many = new(301, 200), row = new(1, 200);
        for (int i = 0; i < a.Rows; i++)
            for (int p = 0; p < 100; p++) a[i, p] *= MathF.Pow(10, i % 9 - 4);
        float[] bias = TestVectors.Uniform(200, 3);
        var packed = WinogradMatrix.Pack(b.View);
        MatrixProduct.Multiply(a.View, packed, c.View, new ProductOptions { Bias = bias, Activation = Activation.Gelu, Scale = 0.3f });
        foreach (int threads in (int[])[2, 3, 8])
        {
            many.Fill(float.NaN);
            MatrixProduct.Multiply(a.View, packed, many.View, new ProductOptions { Bias = bias, Activation = Activation.Gelu, Scale = 0.3f, Threads = threads });
            Assert.That(many.Values.AsSpan().SequenceEqual(c.Values), Is.True, $"{threads} threads");
        }

        for (int i = 0; i < a.Rows; i++)
        {
            MatrixProduct.Multiply(a.View.Slice(i, 0, 1, 100), packed, row.View, new ProductOptions { Bias = bias, Activation = Activation.Gelu, Scale = 0.3f });
            Assert.That(row.Values, Is.EqualTo(c.View.Row(i).ToArray()), $"row {i}");
        }
    }

    /// <summary>Relative to |a||b| a plain product is off by some 1e-7; sums of numbers of two sizes would lose as many digits as the sizes lie apart.</summary>
    [TestCase(1f, 1f), TestCase(1e-3f, 1f), TestCase(1f, 1e-3f), TestCase(1e4f, 1e-2f), TestCase(1e-20f, 1e-3f), TestCase(1e15f, 1e3f), TestCase(1e25f, 1e-5f), TestCase(1e-30f, 1e-2f)]
    public void Multiply_KeepsItsPrecisionWhateverTheSizes(float left, float right)
    {
        const int M = 11, N = 40, K = 600;
        Matrix a = Matrix.Random(M, K, 1), b = Matrix.Random(K, N, 2), c = new(M, N);
        for (int i = 0; i < M; i++)
            for (int p = 0; p < K; p++) a[i, p] *= left * (i % 3 == 0 ? 10 : 1);
        for (int p = 0; p < K; p++)
            for (int j = 0; j < N; j++) b[p, j] *= right;
        MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(b.View), c.View);
        double[] expected = MatrixProductTests.Naive(a, b);
        for (int i = 0; i < M; i++)
        {
            double size = 0, sizeOfColumn = 0;
            for (int p = 0; p < K; p++) (size, sizeOfColumn) = (size + (double)a[i, p] * a[i, p], sizeOfColumn + (double)b[p, 0] * b[p, 0]);
            for (int j = 0; j < N; j++) Assert.That(Math.Abs(c[i, j] - expected[i * N + j]), Is.LessThan(1e-6 * Math.Sqrt(size * sizeOfColumn)), $"{i}, {j}");
        }
    }

    [Test]
    public void Multiply_WithNeighboursFarLargerThanTheRest_KeepsItsPrecision()
    {
        // what large models' activations look like: a few numbers a thousand times the others, here both in one pair
        const int K = 768;
        Matrix a = Matrix.Random(4, K, 1), b = Matrix.Random(K, 32, 2), c = new(4, 32), plain = new(4, 32);
        for (int i = 0; i < 4; i++) (a[i, 300], a[i, 301]) = (1500, 2000);
        MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(b.View), c.View);
        MatrixProduct.Multiply(a.View, PackedMatrix.Pack(b.View), plain.View);
        double[] expected = MatrixProductTests.Naive(a, b);
        double norm = Math.Sqrt(1500.0 * 1500 + 2000.0 * 2000) * Math.Sqrt(K / 3.0);
        MatrixProductTests.AssertClose(c, expected, 1e-6 * norm);
        MatrixProductTests.AssertClose(plain, expected, 1e-6 * norm);
    }

    [Test]
    public void Multiply_OfZerosAndTinyNumbers_StaysThere()
    {
        Matrix a = new(3, 30), b = Matrix.Random(30, 40, 2), c = new(3, 40), zero = new(30, 40);
        for (int p = 0; p < 30; p++) (a[1, p], a[2, p]) = (float.Epsilon, 1);
        MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(b.View), c.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(c.View.Row(0).ToArray(), Is.All.Zero);
            Assert.That(c.View.Row(1).ToArray(), Is.All.Zero.Within(1e-36));
        }

        MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(zero.View), c.View);
        Assert.That(c.Values, Is.All.Zero.Within(1e-6));
    }

    [Test]
    public void Multiply_SpreadsNaNOnlyToItsRowAndColumn()
    {
        Matrix a = Matrix.Random(10, 16, 1), b = Matrix.Random(16, 40, 2), c = new(10, 40);
        a[3, 5] = float.NaN;
        a[6, 15] = float.PositiveInfinity;
        b[2, 7] = float.NaN;
        MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(b.View), c.View);
        for (int i = 0; i < 10; i++)
            for (int j = 0; j < 40; j++)
                Assert.That(float.IsFinite(c[i, j]), Is.EqualTo(i is not (3 or 6) && j != 7), $"{i}, {j}");
    }

    [Test]
    public void Multiply_OfNoRows_DoesNothing() =>
        Assert.That(() => MatrixProduct.Multiply(new Matrix(0, 4).View, WinogradMatrix.Pack(Matrix.Random(4, 5, 1).View), new Matrix(0, 5).View), Throws.Nothing);

    [Test]
    public void Multiply_RefusesShapesThatDoNotFit()
    {
        var packed = WinogradMatrix.Pack(Matrix.Random(4, 5, 6).View);
        using (Assert.EnterMultipleScope())
        {
            Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(new Matrix(2, 3).View, packed, new Matrix(2, 5).View));
            Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(new Matrix(2, 4).View, packed, new Matrix(2, 4).View));
            Assert.Throws<ArgumentNullException>(() => MatrixProduct.Multiply(new Matrix(2, 4).View, (WinogradMatrix)null!, new Matrix(2, 5).View));
            Assert.Throws<ArgumentOutOfRangeException>(() => WinogradMatrix.Pack(new Matrix(0, 5).View));
        }
    }

    [Test]
    public void Multiply_AllocatesNothing()
    {
        Matrix a = Matrix.Random(20, 64, 1), b = Matrix.Random(64, 70, 2), c = new(20, 70);
        for (int p = 0; p < 64; p++) a[4, p] *= 100;
        var packed = WinogradMatrix.Pack(b.View);
        void Work() => MatrixProduct.Multiply(a.View, packed, c.View);
        Work();
        Assert.That(Allocations.Of(Work), Is.Zero);
    }
}
