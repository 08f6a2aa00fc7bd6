using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

public static unsafe partial class RowFunctions
{
    /// <summary>
    /// y = softmax(scale · x): e^(scale · xᵢ) / Σⱼ e^(scale · xⱼ). A value of −∞ gets probability 0; a row of nothing but −∞, where all is
    /// masked, becomes zeros. Relative error of a probability above 1e-30 at most 2e-6 + 2.5e-7 · scale · (max x − xᵢ).
    /// </summary>
    /// <param name="x">n values.</param>
    /// <param name="y">n values; may be <paramref name="x"/>.</param>
    /// <param name="scale">Factor of the input, finite and above 0; an attention layer's 1/√d goes here.</param>
    /// <exception cref="ArgumentException">The lengths differ or the scale is out of range.</exception>
    /// <exception cref="ArithmeticException">The row holds NaN or +∞.</exception>
    public static void Softmax(ReadOnlySpan<float> x, Span<float> y, float scale = 1)
    {
        VerifySameLength(x.Length, y.Length);
        VerifyScale(scale);
        fixed (float* px = x, py = y)
            Softmax(LaneWidths.Best, px, py, x.Length, scale);
    }

    /// <summary>Every row of <paramref name="x"/> becomes its <see cref="Softmax(ReadOnlySpan{float}, Span{float}, float)"/>, in place.</summary>
    public static void Softmax(MatrixSpan x, float scale = 1)
    {
        VerifyScale(scale);
        fixed (float* p = x.Values)
        {
            for (int i = 0; i < x.Rows; i++)
            {
                float* row = p + (nint)i * x.Stride;
                Softmax(LaneWidths.Best, row, row, x.Columns, scale);
            }
        }
    }

    /// <summary>
    /// y = log softmax(x) = xᵢ − log Σⱼ e^xⱼ. −∞ stays −∞. Error at most 2e-6 + 3e-7 · |yᵢ|, and that of rounding the inputs' difference.
    /// </summary>
    /// <param name="x">n values, at least one above −∞.</param>
    /// <param name="y">n values; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArithmeticException">The row holds NaN or +∞, or nothing but −∞.</exception>
    public static void LogSoftmax(ReadOnlySpan<float> x, Span<float> y)
    {
        VerifySameLength(x.Length, y.Length);
        if (x.IsEmpty) return;
        fixed (float* px = x, py = y)
            LogSoftmax(LaneWidths.Best, px, py, x.Length);
    }

    /// <summary>Every row of <paramref name="x"/> becomes its <see cref="LogSoftmax(ReadOnlySpan{float}, Span{float})"/>, in place.</summary>
    public static void LogSoftmax(MatrixSpan x)
    {
        for (int i = 0; i < x.Rows; i++) LogSoftmax(x.Row(i), x.Row(i));
    }

    /// <summary>log Σⱼ e^xⱼ, without overflow; −∞ for an empty row or one of nothing but −∞. Error at most 2e-6 + 1e-7 · |result|.</summary>
    /// <exception cref="ArithmeticException">The row holds NaN or +∞.</exception>
    public static float LogSumExp(ReadOnlySpan<float> x)
    {
        fixed (float* px = x)
        {
            (float max, double sum) = Sum(LaneWidths.Best, px, null, x.Length, 1);
            return sum == 0 ? float.NegativeInfinity : (float)(max + Math.Log(sum));
        }
    }

    internal static void Softmax(LaneWidth width, float* x, float* y, int n, float scale)
    {
        (_, double sum) = Sum(width, x, y, n, scale);
        if (sum == 0) return;
        float factor = (float)(1 / sum);
        switch (width)
        {
            case LaneWidth.V512: Affine<Lanes512, Vector512<float>>(y, y, n, factor, 0); break;
            case LaneWidth.V256: Affine<Lanes256, Vector256<float>>(y, y, n, factor, 0); break;
            case LaneWidth.V128: Affine<Lanes128, Vector128<float>>(y, y, n, factor, 0); break;
            default: Affine<LanesScalar, float>(y, y, n, factor, 0); break;
        }
    }

    internal static void LogSoftmax(LaneWidth width, float* x, float* y, int n)
    {
        (float max, double sum) = Sum(width, x, null, n, 1);
        if (sum == 0) throw new ArithmeticException("log-softmax of a row of nothing but -infinity is not defined");
        // the maximum goes first: its difference to a near value is exact
        float shift = -max, log = -(float)Math.Log(sum);
        switch (width)
        {
            case LaneWidth.V512: Shift<Lanes512, Vector512<float>>(x, y, n, shift, log); break;
            case LaneWidth.V256: Shift<Lanes256, Vector256<float>>(x, y, n, shift, log); break;
            case LaneWidth.V128: Shift<Lanes128, Vector128<float>>(x, y, n, shift, log); break;
            default: Shift<LanesScalar, float>(x, y, n, shift, log); break;
        }
    }

    /// <summary>The row's maximum and Σ e^(scale · (x − max)); the summands go to y where there is one. A sum of 0 means that all is −∞ (y is then 0).</summary>
    private static (float Max, double Sum) Sum(LaneWidth width, float* x, float* y, int n, float scale)
    {
        float max = width switch
        {
            LaneWidth.V512 => Max<Lanes512, Vector512<float>>(x, n),
            LaneWidth.V256 => Max<Lanes256, Vector256<float>>(x, n),
            LaneWidth.V128 => Max<Lanes128, Vector128<float>>(x, n),
            _ => Max<LanesScalar, float>(x, n),
        };
        if (float.IsNegativeInfinity(max))
        {
            // the maximum may have passed over a NaN
            for (int i = 0; i < n; i++)
                if (float.IsNaN(x[i])) throw NotFinite("softmax");
            if (y != null) new Span<float>(y, n).Clear();
            return (max, 0);
        }

        double sum = width switch
        {
            LaneWidth.V512 => Exponentials<Lanes512, Vector512<float>>(x, y, n, max, scale),
            LaneWidth.V256 => Exponentials<Lanes256, Vector256<float>>(x, y, n, max, scale),
            LaneWidth.V128 => Exponentials<Lanes128, Vector128<float>>(x, y, n, max, scale),
            _ => Exponentials<LanesScalar, float>(x, y, n, max, scale),
        };
        return double.IsFinite(sum) ? (max, sum) : throw NotFinite("softmax");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Max<TLanes, TVector>(float* x, int n)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector m0 = TLanes.Create(float.NegativeInfinity), m1 = m0;
        int i = 0;
        for (; i + 2 * TLanes.Count <= n; i += 2 * TLanes.Count)
        {
            m0 = TLanes.Max(m0, TLanes.Load(x + i));
            m1 = TLanes.Max(m1, TLanes.Load(x + i + TLanes.Count));
        }

        for (; i < n; i += TLanes.Count)
            m0 = TLanes.Max(m0, i + TLanes.Count <= n ? TLanes.Load(x + i) : PartialLanes.Load<TLanes, TVector>(x + i, n - i, float.NegativeInfinity));
        return TLanes.MaxAcross(TLanes.Max(m0, m1));
    }

    /// <summary>Σ e^(scale · (x − max)). A NaN in x makes the sum NaN, and so does a maximum of +∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Exponentials<TLanes, TVector>(float* x, float* y, int n, float max, float scale)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector m = TLanes.Create(max), s = TLanes.Create(scale);
        double total = 0;
        int i = 0, whole = n & -TLanes.Count;
        while (i < whole)
        {
            // lanes are emptied into double now and then, so that the error does not grow with n
            TVector sum = TLanes.Create(0f);
            int end = Math.Min(whole, i + 64 * TLanes.Count);
            if (y == null)
            {
                for (; i < end; i += TLanes.Count)
                    sum = TLanes.Add(sum, LaneFunctions.ExpBelow<TLanes, TVector>(TLanes.Multiply(TLanes.Subtract(TLanes.Load(x + i), m), s)));
            }
            else
            {
                for (; i < end; i += TLanes.Count)
                {
                    TVector e = LaneFunctions.ExpBelow<TLanes, TVector>(TLanes.Multiply(TLanes.Subtract(TLanes.Load(x + i), m), s));
                    TLanes.Store(e, y + i);
                    sum = TLanes.Add(sum, e);
                }
            }

            total += TLanes.Sum(sum);
        }

        if (i == n) return total;
        TVector d = PartialLanes.Load<TLanes, TVector>(x + i, n - i, float.NegativeInfinity);
        TVector tail = LaneFunctions.ExpBelow<TLanes, TVector>(TLanes.Multiply(TLanes.Subtract(d, m), s));
        if (y != null) PartialLanes.Store<TLanes, TVector>(tail, y + i, n - i);
        return total + TLanes.Sum(tail);
    }

    /// <summary>y = x · factor + offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Affine<TLanes, TVector>(float* x, float* y, int n, float factor, float offset)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector f = TLanes.Create(factor), o = TLanes.Create(offset);
        int i = 0;
        for (; i + TLanes.Count <= n; i += TLanes.Count)
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(x + i), f, o), y + i);
        for (; i < n; i++) y[i] = LanesScalar.MultiplyAdd(x[i], factor, offset);
    }

    /// <summary>y = (x + first) + second.</summary>
    private static void Shift<TLanes, TVector>(float* x, float* y, int n, float first, float second)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector f = TLanes.Create(first), s = TLanes.Create(second);
        int i = 0;
        for (; i + TLanes.Count <= n; i += TLanes.Count)
            TLanes.Store(TLanes.Add(TLanes.Add(TLanes.Load(x + i), f), s), y + i);
        for (; i < n; i++) y[i] = x[i] + first + second;
    }

    private static void VerifyScale(float scale)
    {
        if (!(scale > 0) || float.IsInfinity(scale))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "the scale must be finite and above 0");
    }
}
