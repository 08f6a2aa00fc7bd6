using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>x ≈ scale · (u − zero) with u in 0..255, one scale and zero point a row.</summary>
internal static unsafe class RowQuantizer
{
    /// <summary>Steps between the least and the greatest value: two are kept back, so that rounding needs no clamp.</summary>
    private const float Steps = 253;

    /// <summary>Quantises n values; u gets n rounded up to <paramref name="padded"/> bytes. False when x holds NaN or infinity.</summary>
    public static bool Quantize(LaneWidth width, float* x, int n, byte* u, int padded, out float scale, out float zero) => width switch
    {
        LaneWidth.V512 => Quantize<Lanes512, Vector512<float>>(x, n, u, padded, out scale, out zero),
        LaneWidth.V256 => Quantize<Lanes256, Vector256<float>>(x, n, u, padded, out scale, out zero),
        LaneWidth.V128 => Quantize<Lanes128, Vector128<float>>(x, n, u, padded, out scale, out zero),
        _ => Quantize<LanesScalar, float>(x, n, u, padded, out scale, out zero),
    };

    private static bool Quantize<TLanes, TVector>(float* x, int n, byte* u, int padded, out float scale, out float zero)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // zero is always within the range: masked and padded values are exact
        TVector nothing = TLanes.Create(0f), low = nothing, high = nothing, trap = nothing, trap1 = nothing, trap2 = nothing, trap3 = nothing;
        int i = 0;
        // a multiply-add waits four steps for the one before
        for (; i + 4 * TLanes.Count <= n; i += 4 * TLanes.Count)
        {
            TVector v = TLanes.Load(x + i), v1 = TLanes.Load(x + i + TLanes.Count), v2 = TLanes.Load(x + i + 2 * TLanes.Count), v3 = TLanes.Load(x + i + 3 * TLanes.Count);
            low = TLanes.Min(low, TLanes.Min(TLanes.Min(v, v1), TLanes.Min(v2, v3)));
            high = TLanes.Max(high, TLanes.Max(TLanes.Max(v, v1), TLanes.Max(v2, v3)));
            trap = TLanes.MultiplyAdd(v, nothing, trap);
            trap1 = TLanes.MultiplyAdd(v1, nothing, trap1);
            trap2 = TLanes.MultiplyAdd(v2, nothing, trap2);
            trap3 = TLanes.MultiplyAdd(v3, nothing, trap3);
        }

        trap = TLanes.Add(TLanes.Add(trap, trap1), TLanes.Add(trap2, trap3));
        for (; i + TLanes.Count <= n; i += TLanes.Count)
        {
            TVector v = TLanes.Load(x + i);
            low = TLanes.Min(low, v);
            high = TLanes.Max(high, v);
            trap = TLanes.MultiplyAdd(v, nothing, trap);
        }

        float least = -TLanes.MaxAcross(TLanes.Subtract(nothing, low)), greatest = TLanes.MaxAcross(high), bad = TLanes.Sum(trap);
        for (int t = i; t < n; t++)
        {
            least = MathF.Min(least, x[t]);
            greatest = MathF.Max(greatest, x[t]);
            bad += x[t] * 0;
        }

        double range = (double)greatest - least;
        if (bad != 0 || !double.IsFinite(range))
        {
            (scale, zero) = (0, 0);
            return false;
        }

        // a row so small that its reciprocal overflows counts as zero
        float inverse = range < 1e-30 ? 0 : (float)(Steps / range);
        scale = inverse == 0 ? 0 : (float)(range / Steps);
        zero = MathF.Round(-least * inverse) + 1;
        const float Magic = 12582912f;
        TVector f = TLanes.Create(inverse), o = TLanes.Create(Magic + zero);
        for (i = 0; i + TLanes.Count <= n; i += TLanes.Count)
            TLanes.StoreLowBytes(TLanes.MultiplyAdd(TLanes.Load(x + i), f, o), u + i);
        for (; i < n; i++) LanesScalar.StoreLowBytes(LanesScalar.MultiplyAdd(x[i], inverse, Magic + zero), u + i);
        for (; i < padded; i++) u[i] = 0;
        return true;
    }
}
