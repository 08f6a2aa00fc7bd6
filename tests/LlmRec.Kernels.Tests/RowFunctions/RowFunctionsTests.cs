namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed unsafe class RowFunctionsTests
{
    private const float Infinity = float.PositiveInfinity;

    /// <summary>Dense from −12 to 12, then decades up to the largest float32, both signs, and zero.</summary>
    private static float[] Arguments()
    {
        var x = new List<float> { 0, -0f, float.Epsilon, 5.5f, -5.5f, MathF.BitDecrement(5.5f), MathF.BitIncrement(-5.5f) };
        for (int i = -60_000; i <= 60_000; i++) x.Add(i / 5000f + 1e-5f);
        for (double v = 1e-30; v < 3e38; v *= 1.7) x.AddRange([(float)v, -(float)v]);
        x.AddRange([float.MaxValue, float.MinValue]);
        return [.. x];
    }

    private static void AssertActivation<TFunction>(LaneWidth width, Func<double, double> reference, double bound) where TFunction : struct, ILaneFunction
    {
        float[] x = Arguments(), y = new float[x.Length];
        RowFunctions.Apply<TFunction>(width, x, y);
        double worst = 0, at = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double error = Math.Abs(y[i] - reference(x[i])) / Math.Max(1, Math.Abs(x[i]));
            if (!(error <= worst)) (worst, at) = (error, x[i]);
        }

        Assert.That(worst, Is.LessThanOrEqualTo(bound), $"at {at}");
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Gelu_IsWithinItsBound(object width) => AssertActivation<LaneFunctions.GeluFunction>((LaneWidth)width, Reference.Gelu, 2.5e-7);

    [TestCaseSource(typeof(Widths), nameof(Widths.Available))]
    public void GeluTanh_IsWithinItsBound(object width) => AssertActivation<LaneFunctions.GeluTanhFunction>((LaneWidth)width, Reference.GeluTanh, 5e-7);

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Silu_IsWithinItsBound(object width) => AssertActivation<LaneFunctions.SiluFunction>((LaneWidth)width, Reference.Silu, 5e-7);

    [TestCaseSource(typeof(Widths), nameof(Widths.Available))]
    public void Exp_IsWithinItsBound(object width)
    {
        var x = new List<float>();
        for (int i = -873; i <= 880; i++)
            for (int j = 0; j < 50; j++) x.Add(Math.Min(88, i / 10f + j * 0.002f));
        float[] y = new float[x.Count];
        RowFunctions.Apply<ExpFunction>((LaneWidth)width, x.ToArray(), y);
        double worst = x.Select((v, i) => Math.Abs(y[i] / Math.Exp(v) - 1)).Max();
        Assert.That(worst, Is.LessThanOrEqualTo(2e-7));
    }

    [Test]
    public void Activations_OfInfinity_AreTheirLimits()
    {
        float[] x = [-Infinity, Infinity], y = new float[2];
        RowFunctions.Gelu(x, y);
        Assert.That(y, Is.EqualTo(new[] { 0, Infinity }));
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Gate_MultipliesWithTheActivatedGate(object width)
    {
        for (int n = 0; n <= 70; n++)
        {
            float[] g = TestVectors.Uniform(n, n), u = TestVectors.Uniform(n, n + 100), y = new float[n];
            RowFunctions.Gate<LaneFunctions.SiluFunction>((LaneWidth)width, g, u, y);
            for (int i = 0; i < n; i++) Assert.That(y[i], Is.EqualTo(Reference.Silu(g[i]) * u[i]).Within(1e-6));
        }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Softmax_IsWithinItsBound_ForEveryLength(object width)
    {
        for (int n = 1; n <= 130; n++)
            foreach (float spread in (float[])[1, 60])
            {
                float[] x = [.. TestVectors.Uniform(n, n).Select(v => v * spread)], y = new float[n + 1];
                y[n] = 7;
                const float Scale = 0.5f;
                fixed (float* px = x, py = y) RowFunctions.Softmax((LaneWidth)width, px, py, n, Scale);
                double[] expected = Reference.Softmax(x, Scale);
                float max = x.Max();
                for (int i = 0; i < n; i++)
                    Assert.That(y[i], Is.EqualTo(expected[i]).Within((2e-6 + 2.5e-7 * Scale * (max - x[i])) * expected[i]), $"n {n}");
                Assert.That(y[n], Is.EqualTo(7));
            }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available))]
    public void Softmax_OfALongRow_SumsToOne(object width)
    {
        float[] x = TestVectors.Uniform(100_003, 1);
        fixed (float* p = x) RowFunctions.Softmax((LaneWidth)width, p, p, x.Length, 1);
        Assert.That(x.Sum(v => (double)v), Is.EqualTo(1).Within(1e-6));
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available))]
    public void Softmax_GivesMaskedValuesNothing(object width)
    {
        for (int n = 2; n < 40; n++)
        {
            float[] x = TestVectors.Uniform(n, n), y = new float[n];
            x[n / 2] = -Infinity;
            fixed (float* px = x, py = y) RowFunctions.Softmax((LaneWidth)width, px, py, n, 2);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(y[n / 2], Is.Zero);
                Assert.That(y.Sum(), Is.EqualTo(1).Within(1e-6));
            }
        }
    }

    [Test]
    public void Softmax_OfARowThatIsAllMasked_IsZero()
    {
        float[] x = [-Infinity, -Infinity, -Infinity];
        RowFunctions.Softmax(x, x);
        Assert.That(x, Is.All.Zero);
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Softmax_RefusesNaNAndInfinity_WhereverTheyStand()
    {
        for (int n = 1; n < 70; n++)
            foreach (float bad in (float[])[float.NaN, Infinity])
                for (int at = 0; at < n; at++)
                {
                    float[] x = TestVectors.Uniform(n, n), masked = new float[n];
                    x[at] = bad;
                    Array.Fill(masked, -Infinity);
                    masked[at] = bad;
                    Assert.That(() => RowFunctions.Softmax(x, x), Throws.TypeOf<ArithmeticException>(), $"{bad} at {at} of {n}");
                    Assert.That(() => RowFunctions.Softmax(masked, masked), Throws.TypeOf<ArithmeticException>(), $"{bad} at {at} of {n}, masked");
                }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void LogSoftmax_IsWithinItsBound_ForEveryLength(object width)
    {
        for (int n = 1; n <= 130; n++)
        {
            float[] x = [.. TestVectors.Uniform(n, n).Select(v => v * 20)], y = new float[n];
            fixed (float* px = x, py = y) RowFunctions.LogSoftmax((LaneWidth)width, px, py, n);
            double[] expected = [.. Reference.Softmax(x).Select(v => Math.Log(v))];
            for (int i = 0; i < n; i++)
                Assert.That(y[i], Is.EqualTo(expected[i]).Within(2e-6 + 3e-7 * Math.Abs(expected[i])), $"n {n}");
            Assert.That(RowFunctions.LogSumExp(x), Is.EqualTo(x.Max() + Math.Log(x.Sum(v => Math.Exp(v - (double)x.Max())))).Within(5e-6));
        }
    }

    [Test]
    public void LogSoftmax_KeepsMaskedValues_AndRefusesARowOfThem()
    {
        float[] x = [0, -Infinity, 0], y = new float[3];
        RowFunctions.LogSoftmax(x, y);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(y[1], Is.EqualTo(-Infinity));
            Assert.That(y[0], Is.EqualTo(-Math.Log(2)).Within(1e-6));
            Assert.That(() => RowFunctions.LogSoftmax([-Infinity], new float[1]), Throws.TypeOf<ArithmeticException>());
            Assert.That(RowFunctions.LogSumExp([-Infinity, -Infinity]), Is.EqualTo(-Infinity));
            Assert.That(RowFunctions.LogSumExp([]), Is.EqualTo(-Infinity));
        }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void LayerNorm_IsWithinItsBound_ForEveryLength(object width)
    {
        foreach (int d in Enumerable.Range(1, 130).Append(384).Append(8192))
        {
            Matrix x = Matrix.Random(6, d, d, d + 3), y = new(6, d, d + 1);
            float[] gain = TestVectors.Uniform(d, d + 1), bias = TestVectors.Uniform(d, d + 2);
            RowFunctions.LayerNorm((LaneWidth)width, x.View, gain, bias, 1e-5f, y.View);
            for (int i = 0; i < 6; i++)
            {
                double[] row = [.. x.View.Row(i).ToArray().Select(v => (double)v)];
                double mean = row.Average(), deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + 1e-5f);
                for (int j = 0; j < d; j++)
                {
                    double z = (row[j] - mean) / deviation;
                    Assert.That(y[i, j], Is.EqualTo(z * gain[j] + bias[j]).Within(3e-6 * (Math.Abs(gain[j] * z) + 1)), $"d {d}");
                }
            }

            Assert.That(y.GapsAreUntouched, Is.True);
        }
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void RmsNorm_IsWithinItsBound_ForEveryLength(object width)
    {
        foreach (int d in Enumerable.Range(1, 130).Append(384).Append(8192))
        {
            Matrix x = Matrix.Random(6, d, d, d + 3), y = new(6, d, d + 1);
            float[] gain = TestVectors.Uniform(d, d + 1);
            RowFunctions.RmsNorm((LaneWidth)width, x.View, gain, 1e-6f, y.View);
            for (int i = 0; i < 6; i++)
            {
                double[] row = [.. x.View.Row(i).ToArray().Select(v => (double)v)];
                double root = Math.Sqrt(row.Average(v => v * v) + 1e-6f);
                for (int j = 0; j < d; j++)
                {
                    double expected = row[j] / root * gain[j];
                    Assert.That(y[i, j], Is.EqualTo(expected).Within(2e-6 * Math.Abs(expected)), $"d {d}");
                }
            }

            Assert.That(y.GapsAreUntouched, Is.True);
        }
    }

    [Test]
    public void Norms_RefuseWhatHasNoAnswer()
    {
        Matrix y = new(1, 3), huge = new(1, 64);
        huge.Fill(1e30f);
        static MatrixSpan Row(float a, float b, float c) => new(new[] { a, b, c }, 1, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => RowFunctions.LayerNorm(Row(1, float.NaN, 2), [], [], 1e-5f, y.View), Throws.TypeOf<ArithmeticException>());
            Assert.That(() => RowFunctions.LayerNorm(Row(1, Infinity, 2), [], [], 1e-5f, y.View), Throws.TypeOf<ArithmeticException>());
            Assert.That(() => RowFunctions.LayerNorm(Row(1, 1, 1), [], [], 0, y.View), Throws.TypeOf<ArithmeticException>());
            Assert.That(() => RowFunctions.RmsNorm(Row(0, 0, 0), [], 0, y.View), Throws.TypeOf<ArithmeticException>());
            Assert.That(() => RowFunctions.RmsNorm(huge.View, [], 0, huge.View), Throws.TypeOf<ArithmeticException>());
            Assert.That(() => RowFunctions.LayerNorm(Row(1, 2, 3), [1, 2], [], 0, y.View), Throws.ArgumentException.With.Message.Contains("rows of 3"));
            Assert.That(() => RowFunctions.LayerNorm(Row(1, 2, 3), [], [], -1, y.View), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => RowFunctions.RmsNorm(Row(1, 2, 3), [], 0, new Matrix(1, 4).View), Throws.ArgumentException);
            Assert.That(() => RowFunctions.Gelu(new float[2], new float[3]), Throws.ArgumentException);
            Assert.That(() => RowFunctions.Softmax(new float[2], new float[2], 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }

    private readonly struct ExpFunction : ILaneFunction
    {
        public static TVector Apply<TLanes, TVector>(TVector x) where TLanes : struct, ILanes<TVector> where TVector : struct =>
            LaneFunctions.Exp<TLanes, TVector>(x);
    }
}
