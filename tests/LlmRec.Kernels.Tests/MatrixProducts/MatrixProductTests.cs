using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LlmRec.Tests;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class MatrixProductTests
{
    private static readonly int[] s_sizes = [1, 3, 6, 8, 9, 17, 31, 32, 33, 65];

    /// <summary>C = activation(scale · A·B [+ C] + bias) + residual in double precision.</summary>
    internal static double[] Naive(Matrix a, Matrix b, double scale = 1, Matrix? c = null, float[]? bias = null, Func<double, double>? activation = null, Matrix? residual = null)
    {
        var result = new double[a.Rows * b.Columns];
        for (int i = 0; i < a.Rows; i++)
            for (int j = 0; j < b.Columns; j++)
            {
                double sum = 0;
                for (int p = 0; p < a.Columns; p++) sum += (double)a[i, p] * b[p, j];
                sum = scale * sum + (c?[i, j] ?? 0) + (bias?[j] ?? 0);
                result[i * b.Columns + j] = (activation?.Invoke(sum) ?? sum) + (residual?[i, j] ?? 0);
            }

        return result;
    }

    internal static void AssertClose(Matrix actual, double[] expected, double tolerance, string what = "")
    {
        double worst = 0;
        for (int i = 0; i < actual.Rows; i++)
            for (int j = 0; j < actual.Columns; j++)
            {
                double error = Math.Abs(actual[i, j] - expected[i * actual.Columns + j]);
                worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
            }

        Assert.That(worst, Is.LessThanOrEqualTo(tolerance), what);
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_EqualsDoublePrecision_ForEverySizeAndStride(object width)
    {
        int seed = 0;
        foreach (int m in s_sizes)
            foreach (int n in s_sizes)
                foreach (int k in (int[])[1, 19])
                {
                    seed++;
                    var a = Matrix.Random(m, k, seed, k + seed % 3);
                    var b = Matrix.Random(k, n, seed + 1, n + seed % 5);
                    var c = new Matrix(m, n, n + seed % 4);
                    double[] expected = Naive(a, b);
                    var options = new ProductOptions { Width = (LaneWidth)width };
                    MatrixProduct.Multiply(a.View, PackedMatrix.Pack(b.View), c.View, options);
                    AssertClose(c, expected, 1e-6 * k, $"packed {m} {n} {k}");
                    c.Fill(float.NaN);
                    MatrixProduct.Multiply(a.View, b.View, c.View, options);
                    AssertClose(c, expected, 1e-6 * k, $"rows {m} {n} {k}");
                    c.Fill(float.NaN);
                    MatrixProduct.MultiplyTransposedRight(a.View, b.Transposed().View, c.View, options);
                    AssertClose(c, expected, 1e-6 * k, $"transposed right {m} {n} {k}");
                    c.Fill(float.NaN);
                    MatrixProduct.MultiplyTransposedLeft(a.Transposed().View, b.View, c.View, options);
                    AssertClose(c, expected, 1e-6 * k, $"transposed left {m} {n} {k}");
                    c.Fill(float.NaN);
                    MatrixProduct.MultiplyTransposedLeft(a.Transposed().View, PackedMatrix.PackTransposed(b.Transposed().View), c.View, options);
                    AssertClose(c, expected, 1e-6 * k, $"transposed left, packed {m} {n} {k}");
                    Assert.That(c.GapsAreUntouched, Is.True, "wrote between the rows");
                }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_FusesScaleAccumulationBiasActivationAndResidual(object width)
    {
        Func<double, double>[] functions = [x => x, Reference.Gelu, Reference.GeluTanh, Reference.Silu, x => Math.Max(x, 0)];
        foreach ((int m, int n, int k) in (ReadOnlySpan<(int, int, int)>)[(13, 45, 20), (8, 64, 33), (1, 7, 4)])
            foreach (float scale in (float[])[1, -0.25f])
                foreach (bool accumulate in (bool[])[false, true])
                    foreach (Activation activation in Enum.GetValues<Activation>())
                        foreach (bool residual in (bool[])[false, true])
                            foreach (bool bias in (bool[])[false, true])
                            {
                                Matrix a = Matrix.Random(m, k, 1), b = Matrix.Random(k, n, 2), c = Matrix.Random(m, n, 3, n + 1), d = Matrix.Random(m, n, 4, n + 2);
                                float[]? biases = bias ? TestVectors.Uniform(n, 5) : null;
                                double[] expected = Naive(a, b, scale, accumulate ? c : null, biases, functions[(int)activation], residual ? d : null);
                                MatrixProduct.Multiply(a.View, PackedMatrix.Pack(b.View), c.View, new ProductOptions
                                {
                                    Width = (LaneWidth)width, Scale = scale, Accumulate = accumulate, Activation = activation, Bias = biases,
                                    Residual = residual ? d.View : default(MatrixSpan),
                                });
                                AssertClose(c, expected, 1e-5, $"{m} {n} {k} {scale} {accumulate} {activation} {residual} {bias}");
                            }
    }

    [Test]
    public void Multiply_MayAddCItselfAsResidual()
    {
        foreach (int k in (int[])[20, 4500])
            foreach (bool accumulate in (bool[])[false, true])
            {
                Matrix a = Matrix.Random(9, k, 1), b = Matrix.Random(k, 40, 2), c = Matrix.Random(9, 40, 3);
                double[] expected = Naive(a, b, residual: c, activation: Reference.Silu, c: accumulate ? c : null);
                MatrixProduct.Multiply(a.View, PackedMatrix.Pack(b.View), c.View, new ProductOptions { Residual = c.View, Activation = Activation.Silu, Accumulate = accumulate });
                AssertClose(c, expected, 1e-5 + 1e-7 * k);
            }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Multiply_GivesTheSameBitsWhereTheResidualIsCItself(object width)
    {
        foreach (int k in (int[])[20, 4500])
            foreach (int m in (int[])[1, 8, 45])
                foreach (int n in (int[])[32, 40, 96])
                    foreach (int threads in (int[])[1, 3])
                    {
                        Matrix a = Matrix.Random(m, k, 1), b = Matrix.Random(k, n, 2), c = Matrix.Random(m, n, 3), apart = new(m, n);
                        float[] bias = TestVectors.Uniform(n, 4);
                        PackedMatrix packed = PackedMatrix.Pack(b.View);
                        MatrixProduct.Multiply(a.View, packed, apart.View, new ProductOptions { Bias = bias, Residual = c.View, Threads = threads, Width = (LaneWidth)width });
                        MatrixProduct.Multiply(a.View, packed, c.View, new ProductOptions { Bias = bias, Residual = c.View, Threads = threads, Width = (LaneWidth)width });
                        for (int i = 0; i < m; i++) Assert.That(c.View.Row(i).ToArray(), Is.EqualTo(apart.View.Row(i).ToArray()), $"{m} x {k} x {n}, {threads} threads");
                    }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available))]
    public void Multiply_CutsLongSumsWithoutChangingTheChain(object width)
    {
        // 4,500 is cut into three pieces; a plain loop of fused multiply-adds is the oracle
        if (!Fma.IsSupported && !AdvSimd.IsSupported) Assert.Ignore("needs fused multiply-add");
        const int M = 10, N = 37, K = 4500;
        Matrix a = Matrix.Random(M, K, 1), b = Matrix.Random(K, N, 2), c = new(M, N);
        MatrixProduct.Multiply(a.View, b.View, c.View, new ProductOptions { Width = (LaneWidth)width });
        for (int i = 0; i < M; i++)
            for (int j = 0; j < N; j++)
            {
                float sum = 0;
                for (int p = 0; p < K; p++) sum = MathF.FusedMultiplyAdd(a[i, p], b[p, j], sum);
                Assert.That(c[i, j], Is.EqualTo(sum));
            }

        var left = new Matrix(M, N);
        MatrixProduct.MultiplyTransposedLeft(a.Transposed().View, b.View, left.View, new ProductOptions { Width = (LaneWidth)width });
        Assert.That(left.Values, Is.EqualTo(c.Values));
    }

    [Test]
    public void Multiply_GivesTheSameBitsForEveryNumberOfThreads()
    {
        foreach ((int m, int n, int k) in (ReadOnlySpan<(int, int, int)>)[(300, 200, 300), (5, 3000, 300), (700, 33, 400)])
        {
            Matrix a = Matrix.Random(m, k, 1), b = Matrix.Random(k, n, 2), one = new(m, n), many = new(m, n);
            float[] bias = TestVectors.Uniform(n, 3);
            var packed = PackedMatrix.Pack(b.View);
            MatrixProduct.Multiply(a.View, packed, one.View, new ProductOptions { Bias = bias, Activation = Activation.Gelu });
            foreach (int threads in (int[])[2, 3, 8])
            {
                many.Fill(float.NaN);
                MatrixProduct.Multiply(a.View, packed, many.View, new ProductOptions { Bias = bias, Activation = Activation.Gelu, Threads = threads });
                Assert.That(many.Values.AsSpan().SequenceEqual(one.Values), Is.True, $"packed, {threads} threads");
                MatrixProduct.Multiply(a.View, b.View, many.View, new ProductOptions { Bias = bias, Activation = Activation.Gelu, Threads = threads });
                Assert.That(many.Values.AsSpan().SequenceEqual(one.Values), Is.True, $"rows, {threads} threads");
                MatrixProduct.MultiplyTransposedLeft(a.Transposed().View, b.View, many.View, new ProductOptions { Bias = bias, Activation = Activation.Gelu, Threads = threads });
                Assert.That(many.Values.AsSpan().SequenceEqual(one.Values), Is.True, $"transposed left, {threads} threads");
            }
        }
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Multiply_GivesARowTheSameBitsAloneAndInABatch()
    {
        Matrix a = Matrix.Random(21, 100, 1), b = Matrix.Random(100, 130, 2), c = new(21, 130), row = new(1, 130);
        var packed = PackedMatrix.Pack(b.View);
        MatrixProduct.Multiply(a.View, packed, c.View);
        for (int i = 0; i < a.Rows; i++)
        {
            MatrixProduct.Multiply(a.View.Slice(i, 0, 1, 100), packed, row.View);
            Assert.That(row.Values, Is.EqualTo(c.View.Row(i).ToArray()));
        }
    }

    [Test]
    public void Multiply_SpreadsNaNOnlyToItsRow()
    {
        Matrix a = Matrix.Random(10, 16, 1), b = Matrix.Random(16, 40, 2), c = new(10, 40);
        a[3, 5] = float.NaN;
        MatrixProduct.Multiply(a.View, b.View, c.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(c.View.Row(3).ToArray(), Is.All.NaN);
            for (int i = 0; i < 10; i++)
                if (i != 3) Assert.That(c.View.Row(i).ToArray(), Has.None.NaN);
        }
    }

    [Test]
    public void Multiply_OfNoRows_DoesNothing()
    {
        var packed = PackedMatrix.Pack(Matrix.Random(4, 5, 1).View);
        Assert.That(() => MatrixProduct.Multiply(new Matrix(0, 4).View, packed, new Matrix(0, 5).View), Throws.Nothing);
    }

    [Test]
    public void Multiply_OverNothing_IsTheEpilogueOfZero()
    {
        Matrix c = Matrix.Random(2, 3, 1);
        float[] bias = [1, 2, 3];
        MatrixProduct.Multiply(new Matrix(2, 0).View, new Matrix(0, 3).View, c.View, new ProductOptions { Bias = bias });
        Assert.That(c.Values, Is.EqualTo(new float[] { 1, 2, 3, 1, 2, 3 }));
    }

    [Test]
    public void Multiply_SaysWhichShapesDoNotFit()
    {
        Matrix a = new(2, 3), b = new(4, 5), c = new(2, 5), bias = new(1, 4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => MatrixProduct.Multiply(a.View, b.View, c.View), Throws.ArgumentException.With.Message.Contains("over 3 and over 4"));
            Assert.That(() => MatrixProduct.Multiply(new Matrix(2, 4).View, b.View, new Matrix(2, 4).View), Throws.ArgumentException.With.Message.Contains("2 x 5"));
            Assert.That(() => MatrixProduct.Multiply(new Matrix(2, 4).View, b.View, c.View, new ProductOptions { Bias = bias.Values }), Throws.ArgumentException.With.Message.Contains("bias"));
            Assert.That(() => MatrixProduct.Multiply(new Matrix(2, 4).View, b.View, c.View, new ProductOptions { Residual = a.View }), Throws.ArgumentException.With.Message.Contains("residual"));
            Assert.That(() => MatrixProduct.Multiply(new Matrix(2, 4).View, b.View, c.View, new ProductOptions { Scale = float.NaN }), Throws.ArgumentException.With.Message.Contains("scale"));
            Assert.That(() => MatrixProduct.Multiply(new Matrix(2, 4).View, (PackedMatrix)null!, c.View), Throws.ArgumentNullException);
            Assert.That(() => new ReadOnlyMatrixSpan(new float[5], 2, 3).Rows, Throws.ArgumentException.With.Message.Contains("need 6"));
            Assert.That(() => new MatrixSpan(new float[9], 2, 3, 2).Rows, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PackedMatrix(0, 3), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new ProductOptions { Threads = 0 }.Threads, Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Multiply_AllocatesNothing()
    {
        Matrix a = Matrix.Random(20, 64, 1), b = Matrix.Random(64, 70, 2), c = new(20, 70);
        var packed = PackedMatrix.Pack(b.View);
        void Work()
        {
            MatrixProduct.Multiply(a.View, packed, c.View);
            MatrixProduct.Multiply(a.View, b.View, c.View);
        }

        Work();
        Assert.That(Allocations.Of(Work), Is.Zero);
    }
}
