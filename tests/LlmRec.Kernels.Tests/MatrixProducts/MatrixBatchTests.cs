namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class MatrixBatchTests
{
    private static Matrix Head(Matrix rows, int head, int d)
    {
        var part = new Matrix(rows.Rows, d);
        for (int i = 0; i < rows.Rows; i++)
            for (int j = 0; j < d; j++) part[i, j] = rows[i, head * d + j];
        return part;
    }

    [TestCaseSource(typeof(Widths), nameof(Widths.Available)), Category(NarrowWidthsTests.Category)]
    public void Batches_EqualTheirProductsOneByOne(object width)
    {
        foreach ((int t, int heads, int d) in (ReadOnlySpan<(int, int, int)>)[(1, 1, 1), (5, 3, 7), (16, 2, 32), (33, 4, 16), (70, 2, 65), (40, 3, 64)])
        {
            int columns = heads * d;
            Matrix q = Matrix.Random(t, columns, 1, columns + 1), k = Matrix.Random(t, columns, 2), v = Matrix.Random(t, columns, 3), scores = new(heads * t, t), output = new(t, columns, columns + 3);
            var options = new ProductOptions { Width = (LaneWidth)width, Scale = 0.25f, Threads = 2 };
            var all = new MatrixBatch(scores.Values, heads, t * t, t, t, t);
            MatrixProduct.MultiplyBatchTransposedRight(MatrixBatch.Heads(q.View, heads), ReadOnlyMatrixBatch.Heads(k.View, heads), all, options);
            for (int h = 0; h < heads; h++)
            {
                double[] expected = MatrixProductTests.Naive(Head(q, h, d), Head(k, h, d).Transposed(), 0.25);
                for (int e = 0; e < expected.Length; e++) Assert.That(scores.Values[h * t * t + e], Is.EqualTo(expected[e]).Within(1e-5));
            }

            MatrixProduct.MultiplyBatch(all, ReadOnlyMatrixBatch.Heads(v.View, heads), MatrixBatch.Heads(output.View, heads), new ProductOptions { Width = (LaneWidth)width });
            for (int h = 0; h < heads; h++)
            {
                var p = new Matrix(t, t);
                all[h].Values[..(t * t)].CopyTo(p.Values);
                MatrixProductTests.AssertClose(Head(output, h, d), MatrixProductTests.Naive(p, Head(v, h, d)), 1e-4);
            }

            MatrixProduct.MultiplyBatchTransposedLeft(all, ReadOnlyMatrixBatch.Heads(v.View, heads), MatrixBatch.Heads(output.View, heads), new ProductOptions { Width = (LaneWidth)width });
            for (int h = 0; h < heads; h++)
            {
                var p = new Matrix(t, t);
                all[h].Values[..(t * t)].CopyTo(p.Values);
                MatrixProductTests.AssertClose(Head(output, h, d), MatrixProductTests.Naive(p.Transposed(), Head(v, h, d)), 1e-4);
            }

            Assert.That(output.GapsAreUntouched, Is.True);
        }
    }

    [Test]
    public void Batches_GiveTheSameBitsForEveryNumberOfThreads()
    {
        const int T = 150, Heads = 6, D = 32;
        Matrix q = Matrix.Random(T, Heads * D, 1), k = Matrix.Random(T, Heads * D, 2), one = new(Heads * T, T), many = new(Heads * T, T);
        MatrixProduct.MultiplyBatchTransposedRight(ReadOnlyMatrixBatch.Heads(q.View, Heads), ReadOnlyMatrixBatch.Heads(k.View, Heads), new MatrixBatch(one.Values, Heads, T * T, T, T, T));
        MatrixProduct.MultiplyBatchTransposedRight(ReadOnlyMatrixBatch.Heads(q.View, Heads), ReadOnlyMatrixBatch.Heads(k.View, Heads), new MatrixBatch(many.Values, Heads, T * T, T, T, T), new ProductOptions { Threads = 4 });
        Assert.That(many.Values.AsSpan().SequenceEqual(one.Values), Is.True);
    }

    [Test]
    public void OneRightSide_MayServeAllHeads()
    {
        Matrix q = Matrix.Random(9, 4 * 8, 1), k = Matrix.Random(9, 8, 2), scores = new(4 * 9, 9);
        MatrixProduct.MultiplyBatchTransposedRight(ReadOnlyMatrixBatch.Heads(q.View, 4), new ReadOnlyMatrixBatch(k.Values, 4, 0, 9, 8, 8), new MatrixBatch(scores.Values, 4, 81, 9, 9, 9));
        for (int h = 0; h < 4; h++)
        {
            double[] expected = MatrixProductTests.Naive(Head(q, h, 8), k.Transposed());
            for (int e = 0; e < 81; e++) Assert.That(scores.Values[h * 81 + e], Is.EqualTo(expected[e]).Within(1e-5));
        }
    }

    [Test]
    public void BadShapes_AreRefused()
    {
        Matrix q = Matrix.Random(4, 6, 1);
        float[] bias = new float[4], scores = new float[48];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ReadOnlyMatrixBatch.Heads(q.View, 4).Count, Throws.ArgumentException.With.Message.Contains("4 heads"));
            Assert.That(() => new ReadOnlyMatrixBatch(new float[10], 2, 6, 2, 3, 3).Count, Throws.ArgumentException.With.Message.Contains("need 12"));
            Assert.That(() => MatrixProduct.MultiplyBatchTransposedRight(MatrixBatch.Heads(q.View, 2), MatrixBatch.Heads(q.View, 3), new MatrixBatch(scores, 2, 16, 4, 4, 4)), Throws.ArgumentException);
            Assert.That(() => MatrixProduct.MultiplyBatchTransposedRight(MatrixBatch.Heads(q.View, 2), MatrixBatch.Heads(q.View, 2), new MatrixBatch(scores, 2, 16, 4, 4, 4), new ProductOptions { Bias = bias }), Throws.ArgumentException);
            Assert.That(() => ReadOnlyMatrixBatch.Heads(q.View, 2)[2].Rows, Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }
}
