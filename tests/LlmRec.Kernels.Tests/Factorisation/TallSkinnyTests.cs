using LlmRec.Kernels;

namespace LlmRec.Kernels.Tests;

internal sealed class TallSkinnyTests
{
    private static readonly ParallelOptions TwoThreads = new() { MaxDegreeOfParallelism = 2 };

    [Test]
    public void MultiplyRow_EqualsItsScalarTwin([Values(16, 32, 48, 64, 80, 144)] int stride, [Values(0, 1, 2, 7, 40)] int entries)
    {
        var random = new Random(stride + entries);
        double[] q = Values(random, 50 * stride);
        int[] columns = [.. Enumerable.Range(0, 50).OrderBy(_ => random.Next()).Take(entries)];
        float[] values = [.. columns.Select(_ => random.NextSingle() - 0.5f)];
        double[] fast = Values(random, stride), slow = Values(random, stride);
        TallSkinny.MultiplyRow(columns, values, q, fast);
        TallSkinny.MultiplyRowScalar(columns, values, q, slow);
        Assert.That(fast, Is.EqualTo(slow).Within(1e-14));
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public unsafe void NarrowProduct_IsTheSameChainForEveryWidth([Values(16, 32, 48, 64, 80, 144)] int stride, [Values(0, 1, 2, 7, 40)] int entries)
    {
        var random = new Random(stride + entries);
        var q = new AlignedBuffer<float>(50 * stride);
        foreach (ref float v in q.Span) v = random.NextSingle() - 0.5f;
        int[] columns = [.. Enumerable.Range(0, 50).OrderBy(_ => random.Next()).Take(entries)];
        float[] values = [.. columns.Select(_ => random.NextSingle() - 0.5f)];
        double[] plain = new double[stride];
        TallSkinny.MultiplyRowScalar(columns, values, [.. q.Span.ToArray().Select(v => (double)v)], plain);
        foreach (LaneWidth width in Widths.Available())
        {
            var y = new AlignedBuffer<float>(stride);
            y.Span.Fill(float.NaN);
            NarrowProduct.Row(width, columns, values, q.Pointer, y.Pointer, stride);
            Assert.That(y.Span.ToArray(), Is.EqualTo(plain).Within(2e-6), $"{width}");
        }
    }

    [Test]
    public void Gram_EqualsItsScalarTwin([Values(16, 32, 48)] int stride, [Values(0, 1, 5, 127, 129, 2048, 4099)] int rows)
    {
        double[] y = Values(new Random(rows), rows * stride);
        double[] fast = Values(new Random(1), stride * stride), slow = new double[stride * stride];
        TallSkinny.Gram(y, rows, stride, fast, TwoThreads);
        TallSkinny.AddGramScalar(y, stride, slow);
        double worst = 0;
        for (int a = 0; a < stride; a++)
            for (int b = 0; b < stride; b++)
                worst = Math.Max(worst, Math.Abs(fast[a * stride + b] - slow[Math.Min(a, b) * stride + Math.Max(a, b)]));
        Assert.That(worst, Is.LessThan(1e-10));
    }

    [Test]
    public void MultiplyInPlace_EqualsItsScalarTwin([Values(16, 32, 48)] int stride, [Values(0, 1, 3, 4, 6, 255, 256, 261)] int rows)
    {
        var random = new Random(rows);
        double[] y = Values(random, rows * stride), w = Values(random, stride * stride), slow = new double[rows * stride];
        TallSkinny.MultiplyRowsScalar(y, w, stride, slow);
        TallSkinny.MultiplyInPlace(y, rows, stride, w, TwoThreads);
        Assert.That(y, Is.EqualTo(slow).Within(1e-12));
    }

    private static double[] Values(Random random, int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5)];
}
