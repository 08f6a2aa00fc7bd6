using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec;

/// <summary>Dot products of one row with several others. 512-bit lanes where the machine has them, else <see cref="TensorPrimitives"/>.</summary>
/// <remarks>A row's dot with another depends on the two rows and d alone, so equal rows get equal values: ties stay ties.</remarks>
internal static unsafe class RowDots
{
    /// <summary>x · y over d elements.</summary>
    public static float Dot(float* x, float* y, int d)
    {
        if (!Vector512.IsHardwareAccelerated)
            return TensorPrimitives.Dot(new ReadOnlySpan<float>(x, d), new ReadOnlySpan<float>(y, d));

        // Four chains of 16 lanes hide the multiply-add's latency.
        Vector512<float> a = default, b = default, c = default, e = default;
        int j = 0;
        for (; j <= d - 64; j += 64)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.Load(x + j), Vector512.Load(y + j), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Load(x + j + 16), Vector512.Load(y + j + 16), b);
            c = Vector512.FusedMultiplyAdd(Vector512.Load(x + j + 32), Vector512.Load(y + j + 32), c);
            e = Vector512.FusedMultiplyAdd(Vector512.Load(x + j + 48), Vector512.Load(y + j + 48), e);
        }
        for (; j <= d - 16; j += 16)
            a = Vector512.FusedMultiplyAdd(Vector512.Load(x + j), Vector512.Load(y + j), a);
        float tail = 0;
        for (; j < d; j++)
            tail += x[j] * y[j];
        return Vector512.Sum(a + b + (c + e)) + tail;
    }

    /// <summary>x · y over d elements in double precision.</summary>
    public static double Dot(float* x, double* y, int d)
    {
        Vector512<double> a = default, b = default;
        int j = 0;
        for (; j <= d - 16; j += 16)
        {
            Vector512<float> v = Vector512.Load(x + j);
            a = Vector512.FusedMultiplyAdd(Vector512.WidenLower(v), Vector512.Load(y + j), a);
            b = Vector512.FusedMultiplyAdd(Vector512.WidenUpper(v), Vector512.Load(y + j + 8), b);
        }
        double tail = 0;
        for (; j < d; j++)
            tail += x[j] * y[j];
        return Vector512.Sum(a + b) + tail;
    }

    /// <summary>result[t] = x · p_t for m rows p_t at p + t·stride; x stays in registers for four of them at a time.</summary>
    public static void Dots(float* x, float* p, int stride, int m, int d, float* result)
    {
        int t = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; t <= m - 4; t += 4)
                Four(x, p + (long)t * stride, stride, d, result + t);
        }
        for (; t < m; t++)
            result[t] = Dot(x, p + (long)t * stride, d);
    }

    private static void Four(float* x, float* p, int stride, int d, float* result)
    {
        float* q = p + stride, r = q + stride, s = r + stride;
        // Four chains for each row, combined as Dot combines its own, so that both give the same sum to the last bit.
        Vector512<float> p0 = default, p1 = default, p2 = default, p3 = default, q0 = default, q1 = default, q2 = default, q3 = default;
        Vector512<float> r0 = default, r1 = default, r2 = default, r3 = default, s0 = default, s1 = default, s2 = default, s3 = default;
        int j = 0;
        for (; j <= d - 64; j += 64)
        {
            Vector512<float> x0 = Vector512.Load(x + j), x1 = Vector512.Load(x + j + 16), x2 = Vector512.Load(x + j + 32), x3 = Vector512.Load(x + j + 48);
            p0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(p + j), p0);
            q0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(q + j), q0);
            r0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(r + j), r0);
            s0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(s + j), s0);
            p1 = Vector512.FusedMultiplyAdd(x1, Vector512.Load(p + j + 16), p1);
            q1 = Vector512.FusedMultiplyAdd(x1, Vector512.Load(q + j + 16), q1);
            r1 = Vector512.FusedMultiplyAdd(x1, Vector512.Load(r + j + 16), r1);
            s1 = Vector512.FusedMultiplyAdd(x1, Vector512.Load(s + j + 16), s1);
            p2 = Vector512.FusedMultiplyAdd(x2, Vector512.Load(p + j + 32), p2);
            q2 = Vector512.FusedMultiplyAdd(x2, Vector512.Load(q + j + 32), q2);
            r2 = Vector512.FusedMultiplyAdd(x2, Vector512.Load(r + j + 32), r2);
            s2 = Vector512.FusedMultiplyAdd(x2, Vector512.Load(s + j + 32), s2);
            p3 = Vector512.FusedMultiplyAdd(x3, Vector512.Load(p + j + 48), p3);
            q3 = Vector512.FusedMultiplyAdd(x3, Vector512.Load(q + j + 48), q3);
            r3 = Vector512.FusedMultiplyAdd(x3, Vector512.Load(r + j + 48), r3);
            s3 = Vector512.FusedMultiplyAdd(x3, Vector512.Load(s + j + 48), s3);
        }
        for (; j <= d - 16; j += 16)
        {
            Vector512<float> x0 = Vector512.Load(x + j);
            p0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(p + j), p0);
            q0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(q + j), q0);
            r0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(r + j), r0);
            s0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(s + j), s0);
        }
        float pt = 0, qt = 0, rt = 0, st = 0;
        for (; j < d; j++)
        {
            pt += x[j] * p[j];
            qt += x[j] * q[j];
            rt += x[j] * r[j];
            st += x[j] * s[j];
        }
        result[0] = Vector512.Sum(p0 + p1 + (p2 + p3)) + pt;
        result[1] = Vector512.Sum(q0 + q1 + (q2 + q3)) + qt;
        result[2] = Vector512.Sum(r0 + r1 + (r2 + r3)) + rt;
        result[3] = Vector512.Sum(s0 + s1 + (s2 + s3)) + st;
    }

    /// <summary>The first position of the largest value; −1 when every value is −∞.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
            return -1;
        int best = TensorPrimitives.IndexOfMax(values);
        return values[best] == float.NegativeInfinity ? -1 : best;
    }

    /// <summary>The address of a span that is pinned by its owner.</summary>
    public static float* Address(Span<float> pinned) => (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));

    /// <summary>As <see cref="Address"/>, of bytes.</summary>
    public static byte* Bytes(Span<byte> pinned) => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
}
