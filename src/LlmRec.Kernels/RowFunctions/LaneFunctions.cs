using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>Exponential, normal distribution and the activations made of them, in float32 lanes.</summary>
internal static class LaneFunctions
{
    /// <summary>Below this the exponential counts as zero: e^−87.33 is the smallest normal float32.</summary>
    public const float LowestExponent = -87.33f;

    /// <summary>Above this the exponential stays where it is, so that 2ⁿ never overflows.</summary>
    public const float HighestExponent = 88f;

    /// <summary>
    /// eˣ for x in [−87.33, 88]; smaller x give 0, larger ones e⁸⁸. Relative error at most 2e-7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TLanes, TVector>(TVector x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct =>
        ExpBelow<TLanes, TVector>(TLanes.Min(TLanes.Create(HighestExponent), x));

    /// <summary>
    /// eˣ for x ≤ 88, 0 below −87.33, NaN for NaN. Cody and Waite: x = n ln 2 + r with |r| ≤ ln 2 / 2, a polynomial of degree 6 in r
    /// (least maximum error), times 2ⁿ. Relative error at most 2e-7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpBelow<TLanes, TVector>(TVector x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // of a number and NaN the maximum is the second operand: NaN passes
        TVector z = TLanes.Max(TLanes.Create(LowestExponent), x);
        // adding 1.5 * 2^23 rounds to an integer that then stands in the low bits
        TVector magic = TLanes.Create(12582912f);
        TVector shifted = TLanes.MultiplyAdd(z, TLanes.Create(1.44269504f), magic);
        TVector n = TLanes.Subtract(shifted, magic);
        TVector r = TLanes.MultiplyAdd(n, TLanes.Create(-0.693359375f), z);
        r = TLanes.MultiplyAdd(n, TLanes.Create(2.12194440e-4f), r);
        TVector p = TLanes.Create(1.3814599e-3f);
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(8.368717e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(4.166839e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(1.6666521e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(4.9999994e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(1f));
        p = TLanes.Multiply(p, TLanes.PowerOfTwo(shifted));
        return TLanes.SelectLess(x, TLanes.Create(LowestExponent), TLanes.Create(0f), p);
    }

    /// <summary>
    /// x · Φ(x) = max(x, 0) − |x| · Φ(−|x|), with Φ(−|x|) from 16 pieces of degree 4 (<see cref="LaneTables.Normal"/>): eight steps of a
    /// polynomial less than one over the whole range takes. From 5.5 on |x| · Φ(−|x|), at most 1.1e-7, counts as zero. Error at most 2.5e-7 · max(1, |x|).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TVector Gelu<TLanes, TVector>(TVector x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float* table = LaneTables.Normal;
        // of a number and NaN minimum and maximum are the second operand: NaN passes
        TVector m = TLanes.Min(TLanes.Create(15 / LaneTables.NormalScale), TLanes.Abs(x));
        TVector piece = TLanes.MultiplyAdd(m, TLanes.Create(LaneTables.NormalScale), TLanes.Create(12582912f));
        TVector p = TLanes.Lookup16(table + 64, piece);
        p = TLanes.MultiplyAdd(p, m, TLanes.Lookup16(table + 48, piece));
        p = TLanes.MultiplyAdd(p, m, TLanes.Lookup16(table + 32, piece));
        p = TLanes.MultiplyAdd(p, m, TLanes.Lookup16(table + 16, piece));
        p = TLanes.MultiplyAdd(p, m, TLanes.Lookup16(table, piece));
        return TLanes.MultiplyAdd(m, p, TLanes.Max(TLanes.Create(0f), x));
    }

    /// <summary>½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) = x / (1 + e^−2z). Error at most 5e-7 · max(1, |x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh<TLanes, TVector>(TVector x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // −2z = x (c1 + c3 x²)
        const double Root = 0.7978845608028654;
        TVector t = TLanes.MultiplyAdd(TLanes.Multiply(x, x), TLanes.Create((float)(-2 * Root * 0.044715)), TLanes.Create((float)(-2 * Root)));
        return TLanes.Divide(x, TLanes.Add(TLanes.Create(1f), Exp<TLanes, TVector>(TLanes.Multiply(x, t))));
    }

    /// <summary>x / (1 + e⁻ˣ). Error at most 5e-7 · max(1, |x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Silu<TLanes, TVector>(TVector x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct =>
        TLanes.Divide(x, TLanes.Add(TLanes.Create(1f), Exp<TLanes, TVector>(TLanes.Subtract(TLanes.Create(0f), x))));

    public readonly struct GeluFunction : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector x) where TLanes : struct, ILanes<TVector> where TVector : struct =>
            Gelu<TLanes, TVector>(x);
    }

    public readonly struct GeluTanhFunction : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector x) where TLanes : struct, ILanes<TVector> where TVector : struct =>
            GeluTanh<TLanes, TVector>(x);
    }

    public readonly struct SiluFunction : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector x) where TLanes : struct, ILanes<TVector> where TVector : struct =>
            Silu<TLanes, TVector>(x);
    }

    public readonly struct ReluFunction : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector x) where TLanes : struct, ILanes<TVector> where TVector : struct =>
            TLanes.Max(TLanes.Create(0f), x);
    }

    public readonly struct Identity : ILaneFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TLanes, TVector>(TVector x) where TLanes : struct, ILanes<TVector> where TVector : struct => x;
    }
}
