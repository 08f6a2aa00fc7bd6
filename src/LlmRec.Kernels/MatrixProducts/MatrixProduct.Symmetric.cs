namespace LlmRec.Kernels;

public static unsafe partial class MatrixProduct
{
    /// <summary>C (n, n) ← scale · Aᵀ·A [+ C] for A (k, n): the Gram matrix of columns, at half the cost of a product. Both triangles are written and equal to the bit.</summary>
    /// <param name="a">A (k, n).</param>
    /// <param name="c">C (n, n); when accumulated only its lower triangle is read.</param>
    /// <param name="options">Scale, accumulation and threads; nothing else is for symmetric products.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is a bias, activation or residual.</exception>
    public static void Gram(ReadOnlyMatrixSpan a, MatrixSpan c, in ProductOptions options = default)
    {
        VerifySymmetric(a.Columns, c, options);
        fixed (float* p = a.Values)
        {
            Run(new ProductJob
            {
                M = a.Columns, N = a.Columns, K = a.Rows, A = p, ARow = 1, AStep = a.Stride, B = p, BRow = a.Stride, BLayout = RightLayout.Rows, Lower = true,
            }, c, options);
        }

        Mirror(c);
    }

    /// <summary>C (n, n) ← scale · A·Aᵀ [+ C] for A (n, k): the Gram matrix of rows. Otherwise as <see cref="Gram"/>.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is a bias, activation or residual.</exception>
    public static void GramOfRows(ReadOnlyMatrixSpan a, MatrixSpan c, in ProductOptions options = default)
    {
        VerifySymmetric(a.Rows, c, options);
        fixed (float* p = a.Values)
        {
            Run(new ProductJob
            {
                M = a.Rows, N = a.Rows, K = a.Columns, A = p, ARow = a.Stride, AStep = 1, B = p, BRow = a.Stride, BLayout = RightLayout.Transposed, Lower = true,
            }, c, options);
        }

        Mirror(c);
    }

    /// <summary>Copies the lower triangle into the upper, block by block so that neither side leaves the cache.</summary>
    internal static void Mirror(MatrixSpan c)
    {
        const int Block = 32;
        fixed (float* p = c.Values)
        {
            for (int i = 0; i < c.Rows; i += Block)
            {
                int rows = Math.Min(Block, c.Rows - i);
                for (int j = 0; j < i; j += Block)
                    Panels.Transpose(p + (nint)i * c.Stride + j, c.Stride, rows, Block, p + (nint)j * c.Stride + i, c.Stride);
                for (int r = i; r < i + rows; r++)
                    for (int q = i; q < r; q++) p[(nint)q * c.Stride + r] = p[(nint)r * c.Stride + q];
            }
        }
    }

    private static void VerifySymmetric(int n, MatrixSpan c, in ProductOptions options)
    {
        if (!options.Bias.IsEmpty || !options.Residual.Values.IsEmpty || options.Activation != Activation.None)
            Throw("the options", "bias, activation and residual are not for symmetric products");
        Verify(0, 0, n, n, c, options);
    }
}
