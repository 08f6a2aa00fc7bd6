using System.Diagnostics.CodeAnalysis;

namespace LlmRec.Kernels;

/// <summary>
/// float32 matrix products at the speed of the core: C ← activation(scale · A·B [+ C] + bias) + residual, see <see cref="ProductOptions"/>.
/// </summary>
/// <remarks>
/// Every element of C is one chain of (fused) multiply-adds over ascending k, so a row gives the same bits alone and in a batch and
/// with any number of threads. NaN and infinity follow the rules of arithmetic: they spread to the elements that depend on them.
/// C must not overlap A or B; the residual may be C itself. Safe to call from several threads on different C. Allocates nothing
/// after a thread's first call, except what starting threads takes. Tiling after K. Goto and R. van de Geijn, "Anatomy of
/// high-performance matrix multiplication", ACM TOMS 34 (2008).
/// </remarks>
public static unsafe partial class MatrixProduct
{
    /// <summary>C (m, n) ← A (m, k) · B (k, n) with a right side packed before: the fastest form.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void Multiply(ReadOnlyMatrixSpan a, PackedMatrix b, MatrixSpan c, in ProductOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(b);
        Verify(a.Columns, b.Rows, a.Rows, b.Columns, c, options);
        fixed (float* pa = a.Values)
        {
            Run(new ProductJob { M = a.Rows, N = b.Columns, K = a.Columns, A = pa, ARow = a.Stride, AStep = 1, B = b.Pointer }, c, options);
        }
        GC.KeepAlive(b);
    }

    /// <summary>C (m, n) ← A (m, k) · B (k, n).</summary>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void Multiply(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c, in ProductOptions options = default)
    {
        Verify(a.Columns, b.Rows, a.Rows, b.Columns, c, options);
        fixed (float* pa = a.Values, pb = b.Values)
        {
            Run(new ProductJob
            {
                M = a.Rows, N = b.Columns, K = a.Columns, A = pa, ARow = a.Stride, AStep = 1, B = pb, BRow = b.Stride, BLayout = RightLayout.Rows,
            }, c, options);
        }
    }

    /// <summary>C (m, n) ← Aᵀ · B for A (k, m) and B packed (k, n).</summary>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void MultiplyTransposedLeft(ReadOnlyMatrixSpan a, PackedMatrix b, MatrixSpan c, in ProductOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(b);
        Verify(a.Rows, b.Rows, a.Columns, b.Columns, c, options);
        fixed (float* pa = a.Values)
        {
            Run(new ProductJob { M = a.Columns, N = b.Columns, K = a.Rows, A = pa, ARow = 1, AStep = a.Stride, B = b.Pointer }, c, options);
        }
        GC.KeepAlive(b);
    }

    /// <summary>C (m, n) ← Aᵀ · B for A (k, m) and B (k, n): the gradient of a weight.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void MultiplyTransposedLeft(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c, in ProductOptions options = default)
    {
        Verify(a.Rows, b.Rows, a.Columns, b.Columns, c, options);
        fixed (float* pa = a.Values, pb = b.Values)
        {
            Run(new ProductJob
            {
                M = a.Columns, N = b.Columns, K = a.Rows, A = pa, ARow = 1, AStep = a.Stride, B = pb, BRow = b.Stride, BLayout = RightLayout.Rows,
            }, c, options);
        }
    }

    /// <summary>C (m, n) ← A (m, k) · Bᵀ for B (n, k): scores of queries against keys, or a layer whose weights lie (outputs, inputs).</summary>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void MultiplyTransposedRight(ReadOnlyMatrixSpan a, ReadOnlyMatrixSpan b, MatrixSpan c, in ProductOptions options = default)
    {
        Verify(a.Columns, b.Columns, a.Rows, b.Rows, c, options);
        fixed (float* pa = a.Values, pb = b.Values)
        {
            Run(new ProductJob
            {
                M = a.Rows, N = b.Rows, K = a.Columns, A = pa, ARow = a.Stride, AStep = 1, B = pb, BRow = b.Stride, BLayout = RightLayout.Transposed,
            }, c, options);
        }
    }

    /// <summary>
    /// C (m, n) ← A (m, k) · B (k, n) with int8 weights; every row of A is quantised to 8 bits on the way, see <see cref="QuantizedMatrix"/>.
    /// Each element's error is at most k · max|B(·, j)| · range of A's row / 500 plus what rounding the weights costs.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    /// <exception cref="ArithmeticException">A row of A holds NaN or infinity; C is then partly written.</exception>
    public static void Multiply(ReadOnlyMatrixSpan a, QuantizedMatrix b, MatrixSpan c, in ProductOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(b);
        Verify(a.Columns, b.Rows, a.Rows, b.Columns, c, options);
        fixed (float* pa = a.Values)
        {
            Run(new ProductJob { M = a.Rows, N = b.Columns, K = a.Columns, A = pa, ARow = a.Stride, AStep = 1 }, c, options, b);
        }
    }

    /// <summary>C (m, n) ← A (m, k) · B (k, n) with bfloat16 weights: the bits of a product with the same weights as float32, in a <see cref="WinogradMatrix"/> where that is faster and else in a <see cref="PackedMatrix"/>.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void Multiply(ReadOnlyMatrixSpan a, BFloat16Matrix b, MatrixSpan c, in ProductOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(b);
        Verify(a.Columns, b.Rows, a.Rows, b.Columns, c, options);
        fixed (float* pa = a.Values)
        {
            Run(new ProductJob { M = a.Rows, N = b.Columns, K = a.Columns, A = pa, ARow = a.Stride, AStep = 1 }, c, options, narrow: b);
        }
    }

    /// <summary>C (m, n) ← A (m, k) · B (k, n) by Winograd's inner product: beyond the multiply-add peak where <see cref="WinogradMatrix.IsFaster"/>, with somewhat larger rounding errors.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void Multiply(ReadOnlyMatrixSpan a, WinogradMatrix b, MatrixSpan c, in ProductOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(b);
        Verify(a.Columns, b.Rows, a.Rows, b.Columns, c, options);
        fixed (float* pa = a.Values)
        {
            Run(new ProductJob { M = a.Rows, N = b.Columns, K = a.Columns, A = pa, ARow = a.Stride, AStep = 1 }, c, options, paired: b);
        }
    }

    internal static void Run(ProductJob job, MatrixSpan c, in ProductOptions options, QuantizedMatrix? quantized = null, BFloat16Matrix? narrow = null, WinogradMatrix? paired = null)
    {
        fixed (float* pc = c.Values, bias = options.Bias, residual = options.Residual.Values)
        {
            job.Width = options.Width;
            job.C = pc;
            job.CRow = c.Stride;
            job.Scale = options.Scale;
            job.Accumulate = options.Accumulate;
            job.Bias = bias;
            job.Activation = options.Activation;
            job.Residual = residual;
            job.ResidualRow = options.Residual.Stride;
            if (quantized is not null) QuantizedDriver.Run(job, quantized, options.Threads);
            else if (narrow is not null) BFloat16Driver.Run(job, narrow, options.Threads);
            else if (paired is not null) WinogradDriver.Run(job, paired.Panels, options.Threads);
            else ProductDriver.Run(job, options.Threads);
        }
        GC.KeepAlive(quantized);
        GC.KeepAlive(narrow);
        GC.KeepAlive(paired);
    }

    internal static void Verify(int kOfA, int kOfB, int m, int n, MatrixSpan c, in ProductOptions options) => Verify(kOfA, kOfB, m, n, c.Rows, c.Columns, options);

    private static void Verify(int kOfA, int kOfB, int m, int n, int rowsOfC, int columnsOfC, in ProductOptions options)
    {
        if (kOfA != kOfB) Throw("A and B", $"sums over {kOfA} and over {kOfB} elements");
        if (rowsOfC != m || columnsOfC != n) Throw("C", $"{rowsOfC} x {columnsOfC}, the product is {m} x {n}");
        if (!options.Bias.IsEmpty && options.Bias.Length != n) Throw("the bias", $"{options.Bias.Length} values for {n} columns");
        ReadOnlyMatrixSpan r = options.Residual;
        if (!r.Values.IsEmpty && (r.Rows != m || r.Columns != n)) Throw("the residual", $"{r.Rows} x {r.Columns}, the product is {m} x {n}");
        if (!float.IsFinite(options.Scale)) Throw("the scale", "not finite");
        if (options.Activation is < Activation.None or > Activation.Relu) Throw("the activation", "not one of the enumeration");
    }

    [DoesNotReturn]
    private static void Throw(string what, string problem) => throw new ArgumentException($"shapes do not fit: {what}: {problem}");
}
