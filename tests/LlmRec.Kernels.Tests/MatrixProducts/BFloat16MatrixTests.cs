namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class BFloat16MatrixTests
{
    private static Matrix Draw(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) matrix[i, j] = random.NextSingle() * 2 - 1;
        return matrix;
    }

    [Test, Category(NarrowWidthsTests.Category)]
    public void Multiply_HasTheBitsOfTheWidenedWeights()
    {
        foreach ((int m, int k, int n) in (ReadOnlySpan<(int, int, int)>)[(1, 1, 1), (3, 17, 33), (9, 64, 32), (40, 100, 70), (500, 384, 64)])
        {
            Matrix a = Draw(m, k, 1), b = Draw(k, n, 2), wide = new(k, n), bias = Draw(1, n, 3), residual = Draw(m, n, 4), c = new(m, n), expected = new(m, n);
            var narrow = BFloat16Matrix.Pack(b.View);
            narrow.CopyTo(wide.View);
            foreach (int threads in (int[])[1, 3])
            {
                ProductOptions options = new() { Bias = bias.Values, Activation = Activation.Gelu, Residual = residual.View, Threads = threads };
                MatrixProduct.Multiply(a.View, narrow, c.View, options);
                if (WinogradMatrix.IsFaster) MatrixProduct.Multiply(a.View, WinogradMatrix.Pack(wide.View), expected.View, options);
                else MatrixProduct.Multiply(a.View, PackedMatrix.Pack(wide.View), expected.View, options);
                Assert.That(c.Values, Is.EqualTo(expected.Values), $"{m} x {k} x {n}, {threads} threads");
            }
        }
    }

    [Test]
    public void Pack_RoundsToTheNearest()
    {
        Matrix b = Draw(50, 37, 5), back = new(50, 37), turned = new(50, 37);
        BFloat16Matrix.Pack(b.View).CopyTo(back.View);
        BFloat16Matrix.PackTransposed(b.Transposed().View).CopyTo(turned.View);
        Assert.That(turned.Values, Is.EqualTo(back.Values));
        for (int i = 0; i < 50; i++)
            for (int j = 0; j < 37; j++) Assert.That(back[i, j], Is.EqualTo(b[i, j]).Within(Math.Abs(b[i, j]) / 255));
    }

    [Test]
    public void Multiply_RefusesShapesThatDoNotFit()
    {
        var narrow = BFloat16Matrix.Pack(Draw(4, 5, 6).View);
        using (Assert.EnterMultipleScope())
        {
            Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(new Matrix(2, 3).View, narrow, new Matrix(2, 5).View));
            Assert.Throws<ArgumentException>(() => narrow.CopyTo(new Matrix(5, 4).View));
        }
    }
}
