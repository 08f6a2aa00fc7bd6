using System.Numerics.Tensors;

namespace LlmRec.Kernels;

/// <summary>
/// A = L·Lᵀ for a symmetric, positive definite float32 matrix: factor, solve, invert. Blocks of 128 columns, so that nearly all work is
/// matrix products (Golub and Van Loan, Matrix Computations, 4th ed., 4.2.9); the blocks on the diagonal are inverted, so that
/// triangular solves are products too.
/// </summary>
/// <remarks>
/// n³/3 operations to factor, 2 n² a right side to solve, n³ to factor and invert. Everything happens in place; a call allocates at most
/// blocks of 128 × n, and nothing for n up to 128. Deterministic for every number of threads; safe from several threads on different
/// matrices. float32 throughout: a system with condition number κ loses about log10 κ of its 7 digits, so regularise.
/// </remarks>
public static class Cholesky
{
    private const int Block = CholeskyBlock.Size;

    /// <summary>Replaces the lower triangle of A, diagonal included, by L. The strict upper triangle is neither read nor written.</summary>
    /// <param name="a">A (n, n), symmetric: only the lower triangle counts.</param>
    /// <param name="threads">Most threads, at least 1.</param>
    /// <exception cref="ArgumentException">A is not square.</exception>
    /// <exception cref="ArithmeticException">A is not positive definite (or holds NaN or infinity); A is then partly overwritten.</exception>
    public static void Factor(MatrixSpan a, int threads = 1)
    {
        int n = VerifySquare(a, threads);
        CholeskyBlock work = CholeskyBlock.OfThisThread();
        float[] copy = n > Block ? new float[(n - Block) * Block] : [];
        for (int j = 0; j < n; j += Block)
        {
            int columns = Math.Min(Block, n - j), below = n - j - columns;
            // what the columns to the left take away from this block column
            if (j > 0)
            {
                MatrixProduct.MultiplyTransposedRight(a.Slice(j, 0, n - j, j), a.Slice(j, 0, columns, j), a.Slice(j, j, n - j, columns),
                    new ProductOptions { Scale = -1, Accumulate = true, Threads = threads });
            }

            int bad = work.Factor(a.Slice(j, j, columns, columns));
            if (bad >= 0)
                throw new ArithmeticException($"the matrix is not positive definite: pivot {j + bad} of {n} is not above zero; add to the diagonal (regularise) or look for NaN");
            if (below == 0) continue;

            // L(below, j) = A(below, j) · L(j, j)⁻ᵀ
            work.Invert();
            MatrixSpan panel = a.Slice(j + columns, j, below, columns), source = new(copy, below, columns);
            Copy(panel, source);
            MatrixProduct.Multiply(source, work.Inverse, panel, new ProductOptions { Threads = threads });
        }
    }

    /// <summary>Solves A·x = b in place.</summary>
    /// <param name="l">L (n, n) from <see cref="Factor"/>.</param>
    /// <param name="b">n values: b on the way in, x on the way out.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public static void Solve(ReadOnlyMatrixSpan l, Span<float> b)
    {
        int n = l.Rows;
        if (l.Columns != n || b.Length != n) throw new ArgumentException($"L is {n} x {l.Columns}, the right side has {b.Length} values");
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<float> row = l.Row(i);
            b[i] = (b[i] - TensorPrimitives.Dot(row[..i], b[..i])) / row[i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            ReadOnlySpan<float> row = l.Row(i);
            float x = b[i] /= row[i];
            TensorPrimitives.MultiplyAdd(row[..i], -x, b[..i], b[..i]);
        }
    }

    /// <summary>Solves A·X = B in place for many right sides at once.</summary>
    /// <param name="l">L (n, n) from <see cref="Factor"/>.</param>
    /// <param name="b">B (n, m) on the way in, X on the way out: a right side is a column.</param>
    /// <param name="threads">Most threads, at least 1.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public static void Solve(ReadOnlyMatrixSpan l, MatrixSpan b, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        int n = l.Rows, m = b.Columns;
        if (l.Columns != n || b.Rows != n) throw new ArgumentException($"L is {n} x {l.Columns}, B is {b.Rows} x {m}");
        if (m == 0) return;
        CholeskyBlock work = CholeskyBlock.OfThisThread();
        float[] copy = new float[Math.Min(n, Block) * m];
        var subtract = new ProductOptions { Scale = -1, Accumulate = true, Threads = threads };
        var plain = new ProductOptions { Threads = threads };

        for (int j = 0; j < n; j += Block)
        {
            int rows = Math.Min(Block, n - j);
            MatrixSpan part = b.Slice(j, 0, rows, m), source = new(copy, rows, m);
            if (j > 0) MatrixProduct.Multiply(l.Slice(j, 0, rows, j), b.Slice(0, 0, j, m), part, subtract);
            work.Load(l.Slice(j, j, rows, rows));
            Copy(part, source);
            MatrixProduct.MultiplyTransposedLeft(work.Inverse, source, part, plain);
        }

        for (int j = (n - 1) / Block * Block; j >= 0; j -= Block)
        {
            int rows = Math.Min(Block, n - j), below = n - j - rows;
            MatrixSpan part = b.Slice(j, 0, rows, m), source = new(copy, rows, m);
            if (below > 0) MatrixProduct.MultiplyTransposedLeft(l.Slice(j + rows, j, below, rows), b.Slice(j + rows, 0, below, m), part, subtract);
            work.Load(l.Slice(j, j, rows, rows));
            Copy(part, source);
            MatrixProduct.Multiply(work.Inverse, source, part, plain);
        }
    }

    /// <summary>Replaces A by its inverse, both triangles.</summary>
    /// <param name="a">A (n, n), symmetric: only the lower triangle is read.</param>
    /// <param name="threads">Most threads, at least 1.</param>
    /// <exception cref="ArgumentException">A is not square.</exception>
    /// <exception cref="ArithmeticException">A is not positive definite (or holds NaN or infinity); A is then partly overwritten.</exception>
    public static void Invert(MatrixSpan a, int threads = 1)
    {
        Factor(a, threads);
        int n = a.Rows;
        CholeskyBlock work = CholeskyBlock.OfThisThread();
        float[] copy = new float[Math.Min(n, Block) * n];
        var plain = new ProductOptions { Threads = threads };

        // X = L⁻¹, rows from the top: X(i, :i) = −X(i, i) · L(i, :i) · X(:i, :i), where X(p, j) = 0 for p < j
        for (int i = 0; i < n; i += Block)
        {
            int rows = Math.Min(Block, n - i);
            work.Load(a.Slice(i, i, rows, rows));
            for (int j = 0; j < i; j += Block)
                MatrixProduct.Multiply(a.Slice(i, j, rows, i - j), a.Slice(j, j, i - j, Block), new MatrixSpan(copy.AsSpan(j), rows, Block, n), plain);
            if (i > 0) MatrixProduct.MultiplyTransposedLeft(work.Inverse, new MatrixSpan(copy, rows, i, n), a.Slice(i, 0, rows, i), new ProductOptions { Scale = -1, Threads = threads });
            // the zeros above the diagonal are multiplied below
            for (int r = 0; r < rows; r++)
                for (int q = 0; q < rows; q++) a.Row(i + r)[i + q] = q <= r ? work.Inverse.Row(q)[r] : 0;
        }

        // A⁻¹ = Xᵀ·X, rows from the top: row block i needs the rows of X from i on, and no later block needs row block i
        for (int i = 0; i < n; i += Block)
        {
            int rows = Math.Min(Block, n - i);
            MatrixSpan result = new(copy, rows, i + rows, n);
            MatrixProduct.MultiplyTransposedLeft(a.Slice(i, i, n - i, rows), a.Slice(i, 0, n - i, i + rows), result, plain);
            Copy(result, a.Slice(i, 0, rows, i + rows));
        }

        MatrixProduct.Mirror(a);
    }

    private static int VerifySquare(MatrixSpan a, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return a.Rows == a.Columns ? a.Rows : throw new ArgumentException($"A is {a.Rows} x {a.Columns}, it must be square");
    }

    private static void Copy(MatrixSpan source, MatrixSpan target)
    {
        for (int i = 0; i < source.Rows; i++) source.Row(i).CopyTo(target.Row(i));
    }
}
