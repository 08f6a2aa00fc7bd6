using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LlmRec.Kernels;

namespace LlmRec.Tests;

[TestFixture]
public sealed unsafe class DiversityKernelTests
{
    [Test]
    public void RowDots_EqualTheScalarLoopAtEveryLength()
    {
        var random = new Random(5);
        for (int d = 0; d <= 130; d++)
        {
            const int m = 7;
            float[] x = Draw(random, d + 1), rows = Draw(random, m * (d + 3) + 1), result = new float[m];
            double[] wide = [.. rows.Select(v => (double)v)];
            fixed (float* px = x, pr = rows, to = result)
            fixed (double* pw = wide)
            {
                // Starts one element late: nothing may rely on alignment.
                RowDots.Dots(px + 1, pr + 1, d + 3, m, d, to);
                for (int t = 0; t < m; t++)
                {
                    double expected = 0;
                    for (int j = 0; j < d; j++)
                        expected += (double)x[1 + j] * rows[1 + t * (d + 3) + j];
                    Assert.That(result[t], Is.EqualTo(expected).Within(1e-5), $"d {d} row {t}");
                    Assert.That(RowDots.Dot(px + 1, pr + 1 + t * (d + 3), d), Is.EqualTo(result[t]), $"d {d} row {t}: alone and among four");
                    Assert.That(RowDots.Dot(px + 1, pw + 1 + t * (d + 3), d), Is.EqualTo(expected).Within(1e-12), $"d {d} row {t} in double");
                }
            }
        }
    }

    [Test]
    public void QuantizedDots_EqualTheScalarIntegers()
    {
        if (!Avx2.IsSupported)
            Assert.Ignore("needs 256-bit integer instructions");
        var random = new Random(6);
        for (int stride = 32; stride <= 320; stride += 32)
        {
            short[] rows = [.. Enumerable.Range(0, 5 * stride).Select(_ => (short)random.Next(-3000, 3000))];
            fixed (short* p = rows)
            {
                Vector128<int> four = QuantizedRows.Four(p, p + 4 * stride, stride);
                for (int t = 0; t < 4; t++)
                    Assert.That(four[t], Is.EqualTo(QuantizedRows.One(p + t * stride, p + 4 * stride, stride)), $"stride {stride} row {t}");
            }
        }
    }

    [Test]
    public void QuantizedDots_StayWithinTheStatedError()
    {
        var random = new Random(7);
        foreach (int d in new[] { 1, 3, 31, 64, 100, 257 })
        {
            const int n = 37;
            float[] x = Draw(random, n * d), y = Draw(random, d), dots = new float[n];
            var rows = new QuantizedRows();
            rows.Reserve(n, d);
            fixed (float* px = x, py = y, to = dots)
            {
                Scale(py, d);
                for (int i = 0; i < n; i++)
                {
                    Scale(px + i * d, d);
                    rows.Set(i, px + i * d, d, [1], d);
                }
                rows.Dots(py, d, n, to);
                for (int i = 0; i < n; i++)
                    Assert.That(dots[i], Is.EqualTo(RowDots.Dot(px + i * d, py, d)).Within(QuantizedRows.Error(d)), $"d {d} row {i}");
            }
        }
    }

    [Test]
    public void CoverTiles_EqualTheScalarProducts([Values(1, 2, 7, 64, 65)] int d)
    {
        var random = new Random(8);
        AlignedBuffer<float> a = Panel(random, d), b = Panel(random, d), tile = new(32 * 32);
        CoverKernel.Products(RowDots.Address(a.Span), RowDots.Address(b.Span), d, RowDots.Address(tile.Span));
        for (int r = 0; r < 32; r++)
        {
            for (int c = 0; c < 32; c++)
            {
                double expected = 0;
                for (int j = 0; j < d; j++)
                    expected += (double)a.Span[j * 32 + r] * b.Span[j * 32 + c];
                Assert.That(tile.Span[r * 32 + c], Is.EqualTo(expected).Within(1e-5), $"row {r} column {c}");
            }
        }
    }

    [TestCase(0.5)]
    [TestCase(0.25)]
    [TestCase(1)]
    public void CoverGains_EqualTheScalarSums(double gamma)
    {
        var random = new Random(9);
        AlignedBuffer<float> tile = new(32 * 32), covered = new(32), roots = new(32), gain = new(32), sums = new(32 * 16);
        for (int i = 0; i < 1024; i++)
            tile.Span[i] = random.NextSingle();
        for (int i = 0; i < 32; i++)
        {
            covered.Span[i] = random.NextSingle() * 3;
            roots.Span[i] = (float)Math.Pow(covered.Span[i], gamma);
        }
        CoverKernel.AddToColumns(RowDots.Address(tile.Span), RowDots.Address(covered.Span), RowDots.Address(roots.Span), RowDots.Address(gain.Span), gamma);
        CoverKernel.AddToRows(RowDots.Address(tile.Span), RowDots.Address(covered.Span), RowDots.Address(roots.Span), RowDots.Address(sums.Span), gamma);
        for (int i = 0; i < 32; i++)
        {
            double columns = 0, rows = 0, sum = 0;
            for (int j = 0; j < 32; j++)
            {
                columns += Math.Pow(covered.Span[j] + tile.Span[j * 32 + i], gamma) - Math.Pow(covered.Span[j], gamma);
                rows += Math.Pow(covered.Span[j] + tile.Span[i * 32 + j], gamma) - Math.Pow(covered.Span[j], gamma);
            }
            for (int lane = 0; lane < 16; lane++)
                sum += sums.Span[i * 16 + lane];
            using (Assert.EnterMultipleScope())
            {
                Assert.That(gain.Span[i], Is.EqualTo(columns).Within(1e-4));
                Assert.That(sum, Is.EqualTo(rows).Within(1e-4));
            }
        }
    }

    private static float[] Draw(Random random, int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)];

    private static AlignedBuffer<float> Panel(Random random, int d)
    {
        var panel = new AlignedBuffer<float>(d * 32);
        for (int i = 0; i < panel.Length; i++)
            panel.Span[i] = random.NextSingle() - 0.5f;
        return panel;
    }

    private static void Scale(float* x, int d)
    {
        float length = MathF.Sqrt(RowDots.Dot(x, x, d));
        for (int j = 0; j < d; j++)
            x[j] /= length;
    }
}
