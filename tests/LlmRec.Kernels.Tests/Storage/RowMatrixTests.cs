using System.Runtime.CompilerServices;

namespace LlmRec.Kernels.Tests;

[TestFixture]
public sealed class RowMatrixTests
{
    [Test]
    public unsafe void Row_StartsOnACacheLine([Values(1, 15, 16, 17, 384)] int columns)
    {
        var matrix = new RowMatrix(3, columns);
        for (int i = 0; i < 3; i++)
            Assert.That((long)(nint)Unsafe.AsPointer(ref matrix.Row(i)[0]) % 64, Is.Zero);
    }

    [Test]
    public void From_KeepsValuesAndZeroPadding()
    {
        var matrix = RowMatrix.From([1, 2, 3, 4, 5, 6], 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(matrix.Row(0).ToArray(), Is.EqualTo(new float[] { 1, 2, 3 }));
            Assert.That(matrix.Row(1).ToArray(), Is.EqualTo(new float[] { 4, 5, 6 }));
            Assert.That(matrix.Padded[3..16].ToArray(), Is.All.Zero);
        }
    }

    [Test]
    public void From_RejectsARaggedArray() =>
        Assert.That(() => RowMatrix.From([1, 2, 3], 2), Throws.ArgumentException.With.Message.Contains("rows of 2"));

    [Test]
    public void Row_OutOfRange_Throws() =>
        Assert.That(() => new RowMatrix(2, 2).Row(2), Throws.TypeOf<ArgumentOutOfRangeException>());
}
