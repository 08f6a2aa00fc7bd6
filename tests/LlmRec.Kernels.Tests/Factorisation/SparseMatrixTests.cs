using LlmRec.Kernels;

namespace LlmRec.Kernels.Tests;

internal sealed class SparseMatrixTests
{
    [Test]
    public void Transpose_MovesEveryEntry_AndTwiceIsTheSame()
    {
        var matrix = new SparseMatrix(4, [0, 2, 2, 5], [3, 0, 1, 2, 3], [1f, 2f, 3f, 4f, 5f]);
        SparseMatrix t = matrix.Transpose(), back = t.Transpose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((t.Rows, t.Columns, t.Entries), Is.EqualTo((4, 3, 5)));
            Assert.That(t.ColumnsOf(3).ToArray(), Is.EqualTo(new[] { 0, 2 }));
            Assert.That(t.ValuesOf(3).ToArray(), Is.EqualTo(new[] { 1f, 5f }));
            Assert.That(back.ColumnsOf(0).ToArray(), Is.EqualTo(new[] { 0, 3 }));
            Assert.That(back.ValuesOf(0).ToArray(), Is.EqualTo(new[] { 2f, 1f }));
            Assert.That(back.ColumnsOf(1).Length, Is.Zero);
        }
    }

    [Test]
    public void New_RefusesContradictions_AndSaysWhere()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new SparseMatrix(2, [0, 2, 1], [0, 1], [1, 1]), Throws.ArgumentException.With.Message.Contains("row 1"));
            Assert.That(() => new SparseMatrix(2, [0, 2], [0, 2], [1, 1]), Throws.ArgumentException.With.Message.Contains("entry 1"));
            Assert.That(() => new SparseMatrix(2, [0, 2], [0, 1], [1, float.NaN]), Throws.ArgumentException.With.Message.Contains("finite"));
            Assert.That(() => new SparseMatrix(2, [0, 3], [0, 1], [1, 1]), Throws.ArgumentException.With.Message.Contains("3 entries"));
            Assert.That(() => new SparseMatrix(2, [], [], []), Throws.ArgumentException);
        }
    }
}
