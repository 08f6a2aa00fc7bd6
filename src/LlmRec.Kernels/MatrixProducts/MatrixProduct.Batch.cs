namespace LlmRec.Kernels;

public static unsafe partial class MatrixProduct
{
    /// <summary>Cᵢ (m, n) ← Aᵢ (m, k) · Bᵢ (k, n) for every matrix of a batch: probabilities times values, head by head.</summary>
    /// <param name="a">The left sides.</param>
    /// <param name="b">The right sides, as many, or with a distance of 0 one for all.</param>
    /// <param name="c">The products, as many.</param>
    /// <param name="options">Scale, accumulation, activation and threads (over the batch); bias and residual are not for batches.</param>
    /// <exception cref="ArgumentException">The shapes or counts do not fit each other, or there is a bias or residual.</exception>
    public static void MultiplyBatch(ReadOnlyMatrixBatch a, ReadOnlyMatrixBatch b, MatrixBatch c, in ProductOptions options = default)
    {
        VerifyBatch(a.Count, b.Count, c, options);
        Verify(a.Columns, b.Rows, a.Rows, b.Columns, c.Rows, c.Columns, options);
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            RunBatch(new ProductJob
            {
                M = a.Rows, N = b.Columns, K = a.Columns, A = pa, ARow = a.Stride, AStep = 1, B = pb, BRow = b.Stride, BLayout = RightLayout.Rows, C = pc,
            }, a.Distance, b.Distance, c, options);
        }
    }

    /// <summary>Cᵢ (m, n) ← Aᵢ (m, k) · Bᵢᵀ for Bᵢ (n, k): queries against keys, head by head. Parameters as in <see cref="MultiplyBatch"/>.</summary>
    /// <exception cref="ArgumentException">The shapes or counts do not fit each other, or there is a bias or residual.</exception>
    public static void MultiplyBatchTransposedRight(ReadOnlyMatrixBatch a, ReadOnlyMatrixBatch b, MatrixBatch c, in ProductOptions options = default)
    {
        VerifyBatch(a.Count, b.Count, c, options);
        Verify(a.Columns, b.Columns, a.Rows, b.Rows, c.Rows, c.Columns, options);
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            RunBatch(new ProductJob
            {
                M = a.Rows, N = b.Rows, K = a.Columns, A = pa, ARow = a.Stride, AStep = 1, B = pb, BRow = b.Stride, BLayout = RightLayout.Transposed, C = pc,
            }, a.Distance, b.Distance, c, options);
        }
    }

    /// <summary>Cᵢ (m, n) ← Aᵢᵀ · Bᵢ for Aᵢ (k, m) and Bᵢ (k, n): gradients of values and keys, head by head. Parameters as in <see cref="MultiplyBatch"/>.</summary>
    /// <exception cref="ArgumentException">The shapes or counts do not fit each other, or there is a bias or residual.</exception>
    public static void MultiplyBatchTransposedLeft(ReadOnlyMatrixBatch a, ReadOnlyMatrixBatch b, MatrixBatch c, in ProductOptions options = default)
    {
        VerifyBatch(a.Count, b.Count, c, options);
        Verify(a.Rows, b.Rows, a.Columns, b.Columns, c.Rows, c.Columns, options);
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
        {
            RunBatch(new ProductJob
            {
                M = a.Columns, N = b.Columns, K = a.Rows, A = pa, ARow = 1, AStep = a.Stride, B = pb, BRow = b.Stride, BLayout = RightLayout.Rows, C = pc,
            }, a.Distance, b.Distance, c, options);
        }
    }

    private static void VerifyBatch(int a, int b, MatrixBatch c, in ProductOptions options)
    {
        if (a != b || a != c.Count) Throw("the batches", $"{a} left sides, {b} right sides, {c.Count} products");
        if (!options.Bias.IsEmpty || !options.Residual.Values.IsEmpty) Throw("the options", "bias and residual are not for batches");
    }

    private static void RunBatch(ProductJob job, int aDistance, int bDistance, MatrixBatch c, in ProductOptions options)
    {
        int count = c.Count, cDistance = c.Distance;
        job.Width = options.Width;
        job.CRow = c.Stride;
        job.Scale = options.Scale;
        job.Accumulate = options.Accumulate;
        job.Activation = options.Activation;
        int threads = ProductDriver.Parts((long)count * job.M * job.N * Math.Max(job.K, 1), Math.Min(options.Threads, count));
        if (threads <= 1)
        {
            for (int i = 0; i < count; i++) ProductDriver.Run(At(job, i, aDistance, bDistance, cDistance), 1);
        }
        else
        {
            RunBatchParallel(job, count, aDistance, bDistance, cDistance, threads);
        }
    }

    private static void RunBatchParallel(ProductJob job, int count, int aDistance, int bDistance, int cDistance, int threads) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => ProductDriver.Run(At(job, i, aDistance, bDistance, cDistance), 1));

    private static ProductJob At(ProductJob job, int i, int aDistance, int bDistance, int cDistance)
    {
        job.A += (nint)i * aDistance;
        job.B += (nint)i * bDistance;
        job.C += (nint)i * cDistance;
        return job;
    }
}
