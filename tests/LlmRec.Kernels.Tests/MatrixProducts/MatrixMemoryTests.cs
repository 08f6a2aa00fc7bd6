namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class MatrixMemoryTests
{
    [Test]
    public void Matrices_InSharedMemoryMultiplyLikeThoseOfTheirOwn()
    {
        // room for two of the four: the others take a further piece
        var memory = new MatrixMemory(2 * 40 * 64 * sizeof(float));
        Matrix a = Matrix.Random(5, 40, 1), c = new(5, 50), expected = new(5, 50);
        var packed = new List<(Matrix B, PackedMatrix Packed)>();
        for (int i = 0; i < 4; i++)
        {
            Matrix b = Matrix.Random(40, 50, 10 + i);
            packed.Add((b, PackedMatrix.Pack(b.View, memory)));
        }

        foreach ((Matrix b, PackedMatrix shared) in packed)
        {
            MatrixProduct.Multiply(a.View, shared, c.View);
            MatrixProduct.Multiply(a.View, PackedMatrix.Pack(b.View), expected.View);
            Assert.That(c.Values, Is.EqualTo(expected.Values));
        }
    }

    [Test]
    public void Matrices_OfOtherFormatsAreKeptApart()
    {
        var memory = new MatrixMemory(1000);
        Matrix b = Matrix.Random(24, 40, 3), one = new(24, 40), other = new(24, 40);
        BFloat16Matrix narrow = BFloat16Matrix.PackTransposed(b.Transposed().View, memory);
        QuantizedMatrix bytes = QuantizedMatrix.PackTransposed(b.Transposed().View, memory);
        narrow.CopyTo(one.View);
        BFloat16Matrix.Pack(b.View).CopyTo(other.View);
        Assert.That(one.Values, Is.EqualTo(other.Values));
        bytes.CopyTo(one.View);
        QuantizedMatrix.Pack(b.View).CopyTo(other.View);
        Assert.That(one.Values, Is.EqualTo(other.Values));
    }

    [Test]
    public void Construction_RefusesANegativeSize() => Assert.Throws<ArgumentOutOfRangeException>(() => _ = new MatrixMemory(-1));
}
