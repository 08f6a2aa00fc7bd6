using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <content>The one width cascade behind every sum over two vectors.</content>
public static partial class Similarity
{
    /// <summary>What one element (or one register of elements) adds to a sum over two vectors.</summary>
    internal interface IStep
    {
        static abstract Vector512<float> Add(Vector512<float> sum, Vector512<float> x, Vector512<float> y);
        static abstract Vector256<float> Add(Vector256<float> sum, Vector256<float> x, Vector256<float> y);
        static abstract Vector128<float> Add(Vector128<float> sum, Vector128<float> x, Vector128<float> y);
        static abstract float Add(float sum, float x, float y);
    }

    /// <summary>sum + x·y.</summary>
    internal readonly struct DotStep : IStep
    {
        public static Vector512<float> Add(Vector512<float> sum, Vector512<float> x, Vector512<float> y) => Vector512.MultiplyAddEstimate(x, y, sum);
        public static Vector256<float> Add(Vector256<float> sum, Vector256<float> x, Vector256<float> y) => Vector256.MultiplyAddEstimate(x, y, sum);
        public static Vector128<float> Add(Vector128<float> sum, Vector128<float> x, Vector128<float> y) => Vector128.MultiplyAddEstimate(x, y, sum);
        public static float Add(float sum, float x, float y) => sum + x * y;
    }

    /// <summary>sum + (x − y)².</summary>
    internal readonly struct SquaredDistanceStep : IStep
    {
        public static Vector512<float> Add(Vector512<float> sum, Vector512<float> x, Vector512<float> y) { var d = x - y; return Vector512.MultiplyAddEstimate(d, d, sum); }
        public static Vector256<float> Add(Vector256<float> sum, Vector256<float> x, Vector256<float> y) { var d = x - y; return Vector256.MultiplyAddEstimate(d, d, sum); }
        public static Vector128<float> Add(Vector128<float> sum, Vector128<float> x, Vector128<float> y) { var d = x - y; return Vector128.MultiplyAddEstimate(d, d, sum); }
        public static float Add(float sum, float x, float y) { float d = x - y; return sum + d * d; }
    }

    /// <summary>
    /// Four accumulators of the widest register hide the latency of the multiply-add; what does not fill a register goes down the
    /// widths. One row at a time on purpose: interleaving rows halves the memory speed on Zen 4.
    /// </summary>
    internal static float Reduce<TStep>(ref float x, ref float y, int n) where TStep : struct, IStep
    {
        int j = 0;
        Vector128<float> quad;
        if (Vector256.IsHardwareAccelerated && n >= 8)
        {
            Vector256<float> oct;
            if (Vector512.IsHardwareAccelerated && n >= 16)
            {
                Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
                for (; j <= n - 64; j += 64)
                {
                    a0 = TStep.Add(a0, Vector512.LoadUnsafe(ref x, (nuint)j), Vector512.LoadUnsafe(ref y, (nuint)j));
                    a1 = TStep.Add(a1, Vector512.LoadUnsafe(ref x, (nuint)j + 16), Vector512.LoadUnsafe(ref y, (nuint)j + 16));
                    a2 = TStep.Add(a2, Vector512.LoadUnsafe(ref x, (nuint)j + 32), Vector512.LoadUnsafe(ref y, (nuint)j + 32));
                    a3 = TStep.Add(a3, Vector512.LoadUnsafe(ref x, (nuint)j + 48), Vector512.LoadUnsafe(ref y, (nuint)j + 48));
                }
                for (; j <= n - 16; j += 16)
                    a0 = TStep.Add(a0, Vector512.LoadUnsafe(ref x, (nuint)j), Vector512.LoadUnsafe(ref y, (nuint)j));
                a0 = a0 + a1 + (a2 + a3);
                oct = a0.GetLower() + a0.GetUpper();
            }
            else
            {
                Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
                for (; j <= n - 32; j += 32)
                {
                    a0 = TStep.Add(a0, Vector256.LoadUnsafe(ref x, (nuint)j), Vector256.LoadUnsafe(ref y, (nuint)j));
                    a1 = TStep.Add(a1, Vector256.LoadUnsafe(ref x, (nuint)j + 8), Vector256.LoadUnsafe(ref y, (nuint)j + 8));
                    a2 = TStep.Add(a2, Vector256.LoadUnsafe(ref x, (nuint)j + 16), Vector256.LoadUnsafe(ref y, (nuint)j + 16));
                    a3 = TStep.Add(a3, Vector256.LoadUnsafe(ref x, (nuint)j + 24), Vector256.LoadUnsafe(ref y, (nuint)j + 24));
                }
                oct = a0 + a1 + (a2 + a3);
            }
            for (; j <= n - 8; j += 8)
                oct = TStep.Add(oct, Vector256.LoadUnsafe(ref x, (nuint)j), Vector256.LoadUnsafe(ref y, (nuint)j));
            quad = oct.GetLower() + oct.GetUpper();
        }
        else if (Vector128.IsHardwareAccelerated && n >= 4)
        {
            Vector128<float> a0 = default, a1 = default, a2 = default, a3 = default;
            for (; j <= n - 16; j += 16)
            {
                a0 = TStep.Add(a0, Vector128.LoadUnsafe(ref x, (nuint)j), Vector128.LoadUnsafe(ref y, (nuint)j));
                a1 = TStep.Add(a1, Vector128.LoadUnsafe(ref x, (nuint)j + 4), Vector128.LoadUnsafe(ref y, (nuint)j + 4));
                a2 = TStep.Add(a2, Vector128.LoadUnsafe(ref x, (nuint)j + 8), Vector128.LoadUnsafe(ref y, (nuint)j + 8));
                a3 = TStep.Add(a3, Vector128.LoadUnsafe(ref x, (nuint)j + 12), Vector128.LoadUnsafe(ref y, (nuint)j + 12));
            }
            quad = a0 + a1 + (a2 + a3);
        }
        else
        {
            return ReduceScalar<TStep>(ref x, ref y, n);
        }

        for (; j <= n - 4; j += 4)
            quad = TStep.Add(quad, Vector128.LoadUnsafe(ref x, (nuint)j), Vector128.LoadUnsafe(ref y, (nuint)j));
        float sum = Vector128.Sum(quad);
        for (; j < n; j++)
            sum = TStep.Add(sum, Unsafe.Add(ref x, j), Unsafe.Add(ref y, j));
        return sum;
    }

    /// <summary>The plain twin of <see cref="Reduce{TStep}"/>: one element after the other.</summary>
    internal static float ReduceScalar<TStep>(ref float x, ref float y, int n) where TStep : struct, IStep
    {
        float sum = 0;
        for (int j = 0; j < n; j++)
            sum = TStep.Add(sum, Unsafe.Add(ref x, j), Unsafe.Add(ref y, j));
        return sum;
    }

    /// <summary>True when no value is NaN or infinite: x·0 is 0 exactly for finite x, and NaN survives the sum.</summary>
    internal static bool IsFinite(ReadOnlySpan<float> x)
    {
        ref float first = ref MemoryMarshal.GetReference(x);
        int j = 0;
        if (Vector256.IsHardwareAccelerated && x.Length >= 32)
        {
            Vector256<float> a = default, b = default, c = default, d = default;
            for (; j <= x.Length - 32; j += 32)
            {
                a += Vector256.LoadUnsafe(ref first, (nuint)j) * 0f;
                b += Vector256.LoadUnsafe(ref first, (nuint)j + 8) * 0f;
                c += Vector256.LoadUnsafe(ref first, (nuint)j + 16) * 0f;
                d += Vector256.LoadUnsafe(ref first, (nuint)j + 24) * 0f;
            }
            if (!Vector256.EqualsAll(a + b + (c + d), Vector256<float>.Zero)) return false;
        }
        for (; j < x.Length; j++)
            if (!float.IsFinite(x[j])) return false;
        return true;
    }
}
