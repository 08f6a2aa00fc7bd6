namespace LlmRec.Kernels.Tests;

[TestFixture, Category(NarrowWidthsTests.Category)]
public sealed class SimilarityTests
{
    [Test]
    public void Dot_AndSquaredDistance_AgreeWithTheScalarTwin_ForEveryLengthAndMisalignment()
    {
        float[] a = TestVectors.Uniform(400, 1), b = TestVectors.Uniform(400, 2);
        using (Assert.EnterMultipleScope())
        {
            foreach (int length in Enumerable.Range(0, 131).Concat([255, 256, 383, 384]))
                for (int shift = 0; shift < 3; shift++)
                {
                    ReadOnlySpan<float> x = a.AsSpan(shift, length), y = b.AsSpan(2 * shift, length);
                    double dot = 0, distance = 0;
                    for (int i = 0; i < length; i++)
                    {
                        dot += (double)x[i] * y[i];
                        distance += Math.Pow((double)x[i] - y[i], 2);
                    }
                    // The bound of any summation order: d·2⁻²⁴·Σ|xᵢyᵢ|, with |xᵢyᵢ| ≤ 1 and (xᵢ−yᵢ)² ≤ 4.
                    double bound = 6e-8 * length * Math.Max(1, length);
                    Assert.That(Similarity.Dot(x, y), Is.EqualTo(dot).Within(bound), $"dot, length {length}, shift {shift}");
                    Assert.That(Similarity.SquaredDistance(x, y), Is.EqualTo(distance).Within(4 * bound), $"distance, length {length}, shift {shift}");
                    float scalar = length == 0 ? 0 : Similarity.ReduceScalar<Similarity.DotStep>(ref a[shift], ref b[2 * shift], length);
                    Assert.That(Similarity.Dot(x, y), Is.EqualTo(scalar).Within(bound), $"scalar twin, length {length}, shift {shift}");
                }
        }
    }

    [Test]
    public void Norm_HoldsWhereSquaresLeaveFloat32()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Similarity.Norm([3e30f, 4e30f]), Is.EqualTo(5e30f).Within(1e24f));
            Assert.That(Similarity.Norm([3e-30f, 4e-30f]), Is.EqualTo(5e-30f).Within(1e-36f));
            Assert.That(Similarity.Norm([3f, 4f]), Is.EqualTo(5f));
            Assert.That(Similarity.Norm([]), Is.Zero);
        }
    }

    [TestCase(1f)]
    [TestCase(1e30f)]
    [TestCase(1e-30f)]
    public void Cosine_DoesNotDependOnLengths(float scale)
    {
        float[] x = [.. TestVectors.Uniform(50, 3).Select(v => v * scale)], y = TestVectors.Uniform(50, 4);
        double expected = TestVectors.Dot(x, y) / Math.Sqrt(TestVectors.Dot(x, x) * TestVectors.Dot(y, y));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Similarity.Cosine(x, y), Is.EqualTo(expected).Within(1e-6));
            Assert.That(Similarity.Cosine(x, x), Is.EqualTo(1).Within(1e-6));
            Assert.That(Similarity.Cosine(x, new float[50]), Is.Zero);
        }
    }

    [Test]
    public void Normalize_WritesUnitLength_AlsoInPlace([Values(1e-38f, 1f, 1e38f)] float scale)
    {
        float[] x = [scale, -scale, scale / 2];
        double norm = Similarity.Normalize(x, x);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(norm, Is.EqualTo(1.5 * scale).Within(1e-6 * scale));
            Assert.That(Similarity.Norm(x), Is.EqualTo(1).Within(1e-6));
            Assert.That(Similarity.Normalize(new float[3], x), Is.Zero);
            Assert.That(x, Is.All.Zero);
        }
    }

    [Test]
    public void BadInput_IsNamed()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Similarity.Dot(new float[3], new float[4]), Throws.ArgumentException.With.Message.Contains("3 and 4"));
            Assert.That(() => Similarity.Normalize([1, float.NaN, 2], new float[3]), Throws.ArgumentException.With.Message.Contains("value 1 of 3 is NaN"));
            Assert.That(() => Similarity.Normalize([1, 2, 3, 4, float.NegativeInfinity], new float[5]), Throws.ArgumentException.With.Message.Contains("value 4"));
        }
    }
}
