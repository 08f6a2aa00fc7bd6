using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels.Tests.Hnsw;

[TestFixture, Category("Widths")]
public sealed unsafe class HnswDotTests
{
    [Test]
    public void Float32_IsTheScalarSumAtEveryWidth([Values(16, 32, 48, 64, 80, 128, 384, 1040)] int n)
    {
        AlignedBuffer<float> a = Floats(n, 1), b = Floats(n, 2);
        double exact = TestVectors.Dot(a.Span, b.Span);
        float scalar = HnswDot.Float32Scalar(a.Pointer, b.Pointer, n);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scalar, Is.EqualTo(exact).Within(1e-6 * n));
            Assert.That(HnswDot.Float32(a.Pointer, b.Pointer, n), Is.EqualTo(exact).Within(1e-6 * n));
            Assert.That(HnswDot.Float32V128(a.Pointer, b.Pointer, n), Is.EqualTo(exact).Within(1e-6 * n));
            if (Fma.IsSupported)
                Assert.That(HnswDot.Float32V256(a.Pointer, b.Pointer, n), Is.EqualTo(exact).Within(1e-6 * n));
            if (Vector512.IsHardwareAccelerated)
                Assert.That(HnswDot.Float32V512(a.Pointer, b.Pointer, n), Is.EqualTo(exact).Within(1e-6 * n));
        }
    }

    [Test]
    public void IntegerSums_AreExactAtEveryWidth([Values(64, 128, 384, 1024)] int n, [Values(false, true)] bool extreme)
    {
        var random = new Random(n);
        AlignedBuffer<sbyte> a = new(n), b = new(n);
        AlignedBuffer<short> q = new(n);
        for (int j = 0; j < n; j++)
        {
            a.Span[j] = (sbyte)(extreme ? 127 : random.Next(-127, 128));
            b.Span[j] = (sbyte)(extreme ? 127 : random.Next(-127, 128));
            q.Span[j] = (short)(extreme ? -8191 : random.Next(-8191, 8192));
        }
        int rows = HnswDot.Int8Scalar(a.Pointer, b.Pointer, n), wide = HnswDot.Int16Scalar(q.Pointer, a.Pointer, n);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(HnswDot.Int8(a.Pointer, b.Pointer, n), Is.EqualTo(rows));
            Assert.That(HnswDot.Int16(q.Pointer, a.Pointer, n), Is.EqualTo(wide));
            Assert.That(HnswDot.Int8V128(a.Pointer, b.Pointer, n), Is.EqualTo(rows));
            Assert.That(HnswDot.Int16V128(q.Pointer, a.Pointer, n), Is.EqualTo(wide));
            if (Avx2.IsSupported)
            {
                Assert.That(HnswDot.Int8V256(a.Pointer, b.Pointer, n), Is.EqualTo(rows));
                Assert.That(HnswDot.Int16V256(q.Pointer, a.Pointer, n), Is.EqualTo(wide));
            }
            if (Avx512BW.IsSupported)
            {
                Assert.That(HnswDot.Int8V512(a.Pointer, b.Pointer, n), Is.EqualTo(rows));
                Assert.That(HnswDot.Int16V512(q.Pointer, a.Pointer, n), Is.EqualTo(wide));
            }
        }
    }

    [Test]
    public void Key_OrdersByScoreThenByLowerNode()
    {
        float[] scores = [float.NegativeInfinity, -3, -1e-30f, 0, 1e-30f, 0.5f, 0.50000006f, 7, float.PositiveInfinity];
        using (Assert.EnterMultipleScope())
        {
            for (int i = 1; i < scores.Length; i++)
                Assert.That(HnswKey.Of(scores[i], 9), Is.GreaterThan(HnswKey.Of(scores[i - 1], 2)), $"{scores[i]}");
            Assert.That(HnswKey.Of(0.5f, 2), Is.GreaterThan(HnswKey.Of(0.5f, 3)));
            Assert.That(HnswKey.Of(-0f, 2), Is.EqualTo(HnswKey.Of(0f, 2)));
            foreach (int node in (int[])[0, 1, 12345, int.MaxValue])
            {
                foreach (float score in scores)
                {
                    ulong key = HnswKey.Of(score, node) | HnswKey.Expanded;
                    Assert.That((HnswKey.Node(key), HnswKey.Score(key)), Is.EqualTo((node, score)));
                }
            }
        }
    }

    private static AlignedBuffer<float> Floats(int n, int seed)
    {
        var buffer = new AlignedBuffer<float>(n);
        TestVectors.Uniform(n, seed).CopyTo(buffer.Span);
        return buffer;
    }
}
