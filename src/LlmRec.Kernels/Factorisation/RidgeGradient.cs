using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>The loops of conjugate gradients in <see cref="RidgeRows"/>, written once for all widths. Vectors have s values, a multiple of 32.</summary>
internal static unsafe class RidgeGradient
{
    /// <summary>result ← factor·G·v + shift·v for a symmetric G (s, s).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gram<TLanes, TVector>(float* g, int s, float* v, float shift, float factor, float* result)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector scale = TLanes.Create(factor), λ = TLanes.Create(shift);
        // two vectors of columns and two rows at a time: four independent sums
        for (nint c = 0; c < s; c += 2 * TLanes.Count)
        {
            TVector s0 = default, s1 = default, t0 = default, t1 = default;
            float* p = g + c;
            for (nint k = 0; k < s; k += 2, p += 2 * (nint)s)
            {
                TVector a = TLanes.Create(v[k]), b = TLanes.Create(v[k + 1]);
                s0 = TLanes.MultiplyAdd(a, TLanes.Load(p), s0);
                s1 = TLanes.MultiplyAdd(a, TLanes.Load(p + TLanes.Count), s1);
                t0 = TLanes.MultiplyAdd(b, TLanes.Load(p + s), t0);
                t1 = TLanes.MultiplyAdd(b, TLanes.Load(p + s + TLanes.Count), t1);
            }
            s0 = TLanes.Multiply(TLanes.Add(s0, t0), scale);
            s1 = TLanes.Multiply(TLanes.Add(s1, t1), scale);
            TLanes.Store(TLanes.MultiplyAdd(λ, TLanes.Load(v + c), s0), result + c);
            TLanes.Store(TLanes.MultiplyAdd(λ, TLanes.Load(v + c + TLanes.Count), s1), result + c + TLanes.Count);
        }
    }

    /// <summary>result += Σ over the rows y of (offset + factor·(y·v))·y: four rows at a time, so that v and the result are loaded once for four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows<TLanes, TVector>(float* y, nint stride, ReadOnlySpan<int> rows, float* v, float offset, float factor, float* result)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        int i = 0;
        for (; i + 4 <= rows.Length; i += 4)
        {
            float* y0 = y + rows[i] * stride, y1 = y + rows[i + 1] * stride, y2 = y + rows[i + 2] * stride, y3 = y + rows[i + 3] * stride;
            TVector d0 = default, d1 = default, d2 = default, d3 = default;
            for (nint c = 0; c < stride; c += TLanes.Count)
            {
                TVector x = TLanes.Load(v + c);
                d0 = TLanes.MultiplyAdd(TLanes.Load(y0 + c), x, d0);
                d1 = TLanes.MultiplyAdd(TLanes.Load(y1 + c), x, d1);
                d2 = TLanes.MultiplyAdd(TLanes.Load(y2 + c), x, d2);
                d3 = TLanes.MultiplyAdd(TLanes.Load(y3 + c), x, d3);
            }
            d0 = TLanes.Create(offset + factor * TLanes.Sum(d0));
            d1 = TLanes.Create(offset + factor * TLanes.Sum(d1));
            d2 = TLanes.Create(offset + factor * TLanes.Sum(d2));
            d3 = TLanes.Create(offset + factor * TLanes.Sum(d3));
            for (nint c = 0; c < stride; c += TLanes.Count)
            {
                TVector a = TLanes.MultiplyAdd(d0, TLanes.Load(y0 + c), TLanes.Load(result + c));
                a = TLanes.MultiplyAdd(d1, TLanes.Load(y1 + c), a);
                a = TLanes.MultiplyAdd(d2, TLanes.Load(y2 + c), a);
                TLanes.Store(TLanes.MultiplyAdd(d3, TLanes.Load(y3 + c), a), result + c);
            }
        }
        for (; i < rows.Length; i++)
        {
            float* y0 = y + rows[i] * stride;
            TVector d = TLanes.Create(offset + factor * Dot<TLanes, TVector>(y0, v, (int)stride));
            for (nint c = 0; c < stride; c += TLanes.Count)
                TLanes.Store(TLanes.MultiplyAdd(d, TLanes.Load(y0 + c), TLanes.Load(result + c)), result + c);
        }
    }

    public static float Dot<TLanes, TVector>(float* a, float* b, int n)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector sum = default;
        for (int c = 0; c < n; c += TLanes.Count) sum = TLanes.MultiplyAdd(TLanes.Load(a + c), TLanes.Load(b + c), sum);
        return TLanes.Sum(sum);
    }

    /// <summary>a ← a + factor·b.</summary>
    public static void AddScaled<TLanes, TVector>(float* a, float* b, float factor, int n)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector f = TLanes.Create(factor);
        for (int c = 0; c < n; c += TLanes.Count) TLanes.Store(TLanes.MultiplyAdd(f, TLanes.Load(b + c), TLanes.Load(a + c)), a + c);
    }

    /// <summary>a ← factor·a + b.</summary>
    public static void ScaleAndAdd<TLanes, TVector>(float* a, float factor, float* b, int n)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector f = TLanes.Create(factor);
        for (int c = 0; c < n; c += TLanes.Count) TLanes.Store(TLanes.MultiplyAdd(f, TLanes.Load(a + c), TLanes.Load(b + c)), a + c);
    }
}
