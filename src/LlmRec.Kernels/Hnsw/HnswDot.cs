using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>Dot products over whole cache lines: lengths are multiples of 16 floats or 64 bytes, the padding is zero.</summary>
internal static unsafe class HnswDot
{
    public static float Float32(float* a, float* b, int n) =>
        Vector512.IsHardwareAccelerated ? Float32V512(a, b, n) :
        Vector256.IsHardwareAccelerated && Fma.IsSupported ? Float32V256(a, b, n) :
        Vector128.IsHardwareAccelerated ? Float32V128(a, b, n) : Float32Scalar(a, b, n);

    /// <summary>int16 query against an int8 row. The caller keeps n · 127 · max|query| below 2³¹.</summary>
    public static int Int16(short* q, sbyte* x, int n) =>
        Avx512BW.IsSupported ? Int16V512(q, x, n) :
        Avx2.IsSupported ? Int16V256(q, x, n) :
        Vector128.IsHardwareAccelerated ? Int16V128(q, x, n) : Int16Scalar(q, x, n);

    /// <summary>Two int8 rows of codes within ±127.</summary>
    public static int Int8(sbyte* a, sbyte* b, int n) =>
        Avx512BW.IsSupported ? Int8V512(a, b, n) :
        Avx2.IsSupported ? Int8V256(a, b, n) :
        Vector128.IsHardwareAccelerated ? Int8V128(a, b, n) : Int8Scalar(a, b, n);

    // Four chains of 16 lanes; the last 0 to 3 lines go to the first chain.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Float32V512(float* a, float* b, int n)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int j = 0;
        for (; j + 64 <= n; j += 64)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + j), Vector512.Load(b + j), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(a + j + 16), Vector512.Load(b + j + 16), s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Load(a + j + 32), Vector512.Load(b + j + 32), s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Load(a + j + 48), Vector512.Load(b + j + 48), s3);
        }
        for (; j < n; j += 16)
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + j), Vector512.Load(b + j), s0);
        return Vector512.Sum(s0 + s1 + (s2 + s3));
    }

    // Four chains of 8 lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Float32V256(float* a, float* b, int n)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int j = 0;
        for (; j + 32 <= n; j += 32)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(a + j), Vector256.Load(b + j), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Load(a + j + 8), Vector256.Load(b + j + 8), s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.Load(a + j + 16), Vector256.Load(b + j + 16), s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.Load(a + j + 24), Vector256.Load(b + j + 24), s3);
        }
        for (; j < n; j += 8)
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(a + j), Vector256.Load(b + j), s0);
        return Vector256.Sum(s0 + s1 + (s2 + s3));
    }

    // Four chains of 4 lanes, multiplied and added apart: not every 128-bit machine fuses.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Float32V128(float* a, float* b, int n)
    {
        Vector128<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int j = 0; j < n; j += 16)
        {
            s0 += Vector128.Load(a + j) * Vector128.Load(b + j);
            s1 += Vector128.Load(a + j + 4) * Vector128.Load(b + j + 4);
            s2 += Vector128.Load(a + j + 8) * Vector128.Load(b + j + 8);
            s3 += Vector128.Load(a + j + 12) * Vector128.Load(b + j + 12);
        }
        return Vector128.Sum(s0 + s1 + (s2 + s3));
    }

    /// <summary>The scalar twin of <see cref="Float32"/>.</summary>
    public static float Float32Scalar(float* a, float* b, int n)
    {
        float sum = 0;
        for (int j = 0; j < n; j++)
            sum += a[j] * b[j];
        return sum;
    }

    // 32 bytes widen to 32 words; neighbours are multiplied and added into 16 lanes of int32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Int16V512(short* q, sbyte* x, int n)
    {
        Vector512<int> s0 = default, s1 = default;
        for (int j = 0; j < n; j += 64)
        {
            s0 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(x + j)), Vector512.Load(q + j));
            s1 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(x + j + 32)), Vector512.Load(q + j + 32));
        }
        return Vector512.Sum(s0 + s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Int16V256(short* q, sbyte* x, int n)
    {
        Vector256<int> s0 = default, s1 = default;
        for (int j = 0; j < n; j += 32)
        {
            s0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(x + j)), Vector256.Load(q + j));
            s1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(x + j + 16)), Vector256.Load(q + j + 16));
        }
        return Vector256.Sum(s0 + s1);
    }

    // 8 bytes widen to 8 words, words and query to int32: plain products on every 128-bit machine.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Int16V128(short* q, sbyte* x, int n)
    {
        Vector128<int> s = default;
        for (int j = 0; j < n; j += 8)
        {
            Vector128<short> w = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)(x + j)).AsSByte()), v = Vector128.Load(q + j);
            s += Vector128.WidenLower(w) * Vector128.WidenLower(v) + Vector128.WidenUpper(w) * Vector128.WidenUpper(v);
        }
        return Vector128.Sum(s);
    }

    /// <summary>The scalar twin of <see cref="Int16"/>.</summary>
    public static int Int16Scalar(short* q, sbyte* x, int n)
    {
        int sum = 0;
        for (int j = 0; j < n; j++)
            sum += q[j] * x[j];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Int8V512(sbyte* a, sbyte* b, int n)
    {
        Vector512<int> s0 = default, s1 = default;
        for (int j = 0; j < n; j += 64)
        {
            s0 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(a + j)), Avx512BW.ConvertToVector512Int16(Vector256.Load(b + j)));
            s1 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(a + j + 32)), Avx512BW.ConvertToVector512Int16(Vector256.Load(b + j + 32)));
        }
        return Vector512.Sum(s0 + s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Int8V256(sbyte* a, sbyte* b, int n)
    {
        Vector256<int> s0 = default, s1 = default;
        for (int j = 0; j < n; j += 32)
        {
            s0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(a + j)), Avx2.ConvertToVector256Int16(Vector128.Load(b + j)));
            s1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(a + j + 16)), Avx2.ConvertToVector256Int16(Vector128.Load(b + j + 16)));
        }
        return Vector256.Sum(s0 + s1);
    }

    // 127 · 127 fits an int16, and so does the sum of two such products.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Int8V128(sbyte* a, sbyte* b, int n)
    {
        Vector128<int> s = default;
        for (int j = 0; j < n; j += 16)
        {
            Vector128<sbyte> x = Vector128.Load(a + j), y = Vector128.Load(b + j);
            Vector128<short> p = Vector128.WidenLower(x) * Vector128.WidenLower(y) + Vector128.WidenUpper(x) * Vector128.WidenUpper(y);
            s += Vector128.WidenLower(p) + Vector128.WidenUpper(p);
        }
        return Vector128.Sum(s);
    }

    /// <summary>The scalar twin of <see cref="Int8"/>.</summary>
    public static int Int8Scalar(sbyte* a, sbyte* b, int n)
    {
        int sum = 0;
        for (int j = 0; j < n; j++)
            sum += a[j] * b[j];
        return sum;
    }
}
