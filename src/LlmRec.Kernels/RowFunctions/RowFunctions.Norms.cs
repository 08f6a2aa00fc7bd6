using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

public static unsafe partial class RowFunctions
{
    /// <summary>
    /// y = (x − mean) / √(variance + ε) · gain + bias for every row (J. L. Ba et al., arXiv:1607.06450). Two passes, so a large common
    /// offset does no harm beyond its rounding. Error at most 3e-6 · (|gain| · |x − mean| / √(variance + ε) + 1) for up to 8,192 columns
    /// whose mean is not larger than their deviation.
    /// </summary>
    /// <param name="x">Rows (n, d).</param>
    /// <param name="gain">d values, or empty for ones.</param>
    /// <param name="bias">d values, or empty for zeros.</param>
    /// <param name="epsilon">ε ≥ 0, usually 1e-12 to 1e-5; with 0 a constant row is refused.</param>
    /// <param name="y">Rows (n, d); may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">Shapes differ, or epsilon is out of range.</exception>
    /// <exception cref="ArithmeticException">A row holds NaN or infinity, the sum of its squares overflows, or it is constant and ε is 0.</exception>
    public static void LayerNorm(ReadOnlyMatrixSpan x, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, float epsilon, MatrixSpan y) =>
        LayerNorm(LaneWidths.Best, x, gain, bias, epsilon, y);

    /// <summary>
    /// y = x / √(mean of x² + ε) · gain for every row (B. Zhang and R. Sennrich, arXiv:1910.07467). Relative error at most 2e-6 for up to 8,192 columns.
    /// </summary>
    /// <param name="x">Rows (n, d).</param>
    /// <param name="gain">d values, or empty for ones.</param>
    /// <param name="epsilon">ε ≥ 0; with 0 a row of zeros is refused.</param>
    /// <param name="y">Rows (n, d); may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">Shapes differ, or epsilon is out of range.</exception>
    /// <exception cref="ArithmeticException">A row holds NaN or infinity, the sum of its squares overflows, or it is zero and ε is 0.</exception>
    public static void RmsNorm(ReadOnlyMatrixSpan x, ReadOnlySpan<float> gain, float epsilon, MatrixSpan y) =>
        RmsNorm(LaneWidths.Best, x, gain, epsilon, y);

    internal static void LayerNorm(LaneWidth width, ReadOnlyMatrixSpan x, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, float epsilon, MatrixSpan y)
    {
        VerifySameShape(x, y);
        VerifyEpsilon(epsilon);
        VerifyWeights(x.Columns, gain, nameof(gain), optional: true);
        VerifyWeights(x.Columns, bias, nameof(bias), optional: true);
        if (x.Columns == 0) return;
        fixed (float* px = x.Values, py = y.Values, pg = gain, pb = bias)
        {
            switch (width)
            {
                case LaneWidth.V512: Norm<Lanes512, Vector512<float>>(px, x.Stride, py, y.Stride, x.Rows, x.Columns, pg, pb, epsilon, true); break;
                case LaneWidth.V256: Norm<Lanes256, Vector256<float>>(px, x.Stride, py, y.Stride, x.Rows, x.Columns, pg, pb, epsilon, true); break;
                case LaneWidth.V128: Norm<Lanes128, Vector128<float>>(px, x.Stride, py, y.Stride, x.Rows, x.Columns, pg, pb, epsilon, true); break;
                default: Norm<LanesScalar, float>(px, x.Stride, py, y.Stride, x.Rows, x.Columns, pg, pb, epsilon, true); break;
            }
        }
    }

    internal static void RmsNorm(LaneWidth width, ReadOnlyMatrixSpan x, ReadOnlySpan<float> gain, float epsilon, MatrixSpan y)
    {
        VerifySameShape(x, y);
        VerifyEpsilon(epsilon);
        VerifyWeights(x.Columns, gain, nameof(gain), optional: true);
        if (x.Columns == 0) return;
        fixed (float* px = x.Values, py = y.Values, pg = gain)
        {
            switch (width)
            {
                case LaneWidth.V512: Norm<Lanes512, Vector512<float>>(px, x.Stride, py, y.Stride, x.Rows, x.Columns, pg, null, epsilon, false); break;
                case LaneWidth.V256: Norm<Lanes256, Vector256<float>>(px, x.Stride, py, y.Stride, x.Rows, x.Columns, pg, null, epsilon, false); break;
                case LaneWidth.V128: Norm<Lanes128, Vector128<float>>(px, x.Stride, py, y.Stride, x.Rows, x.Columns, pg, null, epsilon, false); break;
                default: Norm<LanesScalar, float>(px, x.Stride, py, y.Stride, x.Rows, x.Columns, pg, null, epsilon, false); break;
            }
        }
    }

    /// <summary>
    /// y = (x − mean) / √(mean of (x − mean)² + ε) · gain + bias for every row, with mean = 0 unless it is to be removed. A few rows at a time, step by step:
    /// a sum across a vector and a root take long, and so one row does not wait for the other.
    /// </summary>
    private static void Norm<TLanes, TVector>(float* x, nint xRow, float* y, nint yRow, int rows, int n, float* gain, float* bias, float epsilon, bool removeMean)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        const int Block = 4;
        float* means = stackalloc float[Block], factors = stackalloc float[Block];
        for (int i0 = 0; i0 < rows; i0 += Block)
        {
            int block = Math.Min(Block, rows - i0);
            float* from = x + i0 * xRow, to = y + i0 * yRow;
            for (int r = 0; r < block; r++)
                means[r] = removeMean ? (float)(Sum<TLanes, TVector>(from + r * xRow, n) / n) : 0;
            for (int r = 0; r < block; r++)
            {
                double variance = SquaredDistance<TLanes, TVector>(from + r * xRow, n, means[r]) / n;
                factors[r] = (float)(1 / Math.Sqrt(variance + epsilon));
                if (!double.IsFinite(variance) || !float.IsFinite(factors[r])) throw NotFinite(removeMean ? "layer norm" : "RMS norm");
            }

            int done = block == Block && gain != null && bias != null ? ScaleBlock<TLanes, TVector>(from, xRow, to, yRow, n, means, factors, gain, bias) : 0;
            for (int r = 0; r < block; r++)
                Scale<TLanes, TVector>(from + r * xRow, to + r * yRow, done, n, means[r], factors[r], gain, bias);
        }
    }

    /// <summary>The same for four rows, which share what is read of gain and bias; returns how many columns are done.</summary>
    private static int ScaleBlock<TLanes, TVector>(float* x, nint xRow, float* y, nint yRow, int n, float* means, float* factors, float* gain, float* bias)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector m0 = TLanes.Create(means[0]), m1 = TLanes.Create(means[1]), m2 = TLanes.Create(means[2]), m3 = TLanes.Create(means[3]);
        TVector f0 = TLanes.Create(factors[0]), f1 = TLanes.Create(factors[1]), f2 = TLanes.Create(factors[2]), f3 = TLanes.Create(factors[3]);
        float* x2 = x + 2 * xRow, y2 = y + 2 * yRow;
        int i = 0;
        for (; i + TLanes.Count <= n; i += TLanes.Count)
        {
            TVector g = TLanes.Load(gain + i), b = TLanes.Load(bias + i);
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Multiply(TLanes.Subtract(TLanes.Load(x + i), m0), f0), g, b), y + i);
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Multiply(TLanes.Subtract(TLanes.Load(x + xRow + i), m1), f1), g, b), y + yRow + i);
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Multiply(TLanes.Subtract(TLanes.Load(x2 + i), m2), f2), g, b), y2 + i);
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Multiply(TLanes.Subtract(TLanes.Load(x2 + xRow + i), m3), f3), g, b), y2 + yRow + i);
        }

        return i;
    }

    /// <summary>y = (x − mean) · factor · gain + bias, from column i on.</summary>
    private static void Scale<TLanes, TVector>(float* x, float* y, int i, int n, float mean, float factor, float* gain, float* bias)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector m = TLanes.Create(mean), f = TLanes.Create(factor), zero = TLanes.Create(0f), one = TLanes.Create(1f);
        for (; i + TLanes.Count <= n; i += TLanes.Count)
        {
            TVector z = TLanes.Multiply(TLanes.Subtract(TLanes.Load(x + i), m), f);
            TLanes.Store(TLanes.MultiplyAdd(z, gain != null ? TLanes.Load(gain + i) : one, bias != null ? TLanes.Load(bias + i) : zero), y + i);
        }

        for (; i < n; i++)
            y[i] = LanesScalar.MultiplyAdd((x[i] - mean) * factor, gain != null ? gain[i] : 1, bias != null ? bias[i] : 0);
    }

    private static double Sum<TLanes, TVector>(float* x, int n)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector s0 = TLanes.Create(0f), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i + 4 * TLanes.Count <= n; i += 4 * TLanes.Count)
        {
            s0 = TLanes.Add(s0, TLanes.Load(x + i));
            s1 = TLanes.Add(s1, TLanes.Load(x + i + TLanes.Count));
            s2 = TLanes.Add(s2, TLanes.Load(x + i + 2 * TLanes.Count));
            s3 = TLanes.Add(s3, TLanes.Load(x + i + 3 * TLanes.Count));
        }

        for (; i + TLanes.Count <= n; i += TLanes.Count) s0 = TLanes.Add(s0, TLanes.Load(x + i));
        double sum = TLanes.Sum(TLanes.Add(TLanes.Add(s0, s1), TLanes.Add(s2, s3)));
        for (; i < n; i++) sum += x[i];
        return sum;
    }

    /// <summary>Σ (x − mean)².</summary>
    private static double SquaredDistance<TLanes, TVector>(float* x, int n, float mean)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector m = TLanes.Create(mean), s0 = TLanes.Create(0f), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i + 4 * TLanes.Count <= n; i += 4 * TLanes.Count)
        {
            TVector d0 = TLanes.Subtract(TLanes.Load(x + i), m), d1 = TLanes.Subtract(TLanes.Load(x + i + TLanes.Count), m);
            TVector d2 = TLanes.Subtract(TLanes.Load(x + i + 2 * TLanes.Count), m), d3 = TLanes.Subtract(TLanes.Load(x + i + 3 * TLanes.Count), m);
            s0 = TLanes.MultiplyAdd(d0, d0, s0);
            s1 = TLanes.MultiplyAdd(d1, d1, s1);
            s2 = TLanes.MultiplyAdd(d2, d2, s2);
            s3 = TLanes.MultiplyAdd(d3, d3, s3);
        }

        for (; i + TLanes.Count <= n; i += TLanes.Count)
        {
            TVector d = TLanes.Subtract(TLanes.Load(x + i), m);
            s0 = TLanes.MultiplyAdd(d, d, s0);
        }

        double sum = TLanes.Sum(TLanes.Add(TLanes.Add(s0, s1), TLanes.Add(s2, s3)));
        for (; i < n; i++) sum += (double)(x[i] - mean) * (x[i] - mean);
        return sum;
    }
}
