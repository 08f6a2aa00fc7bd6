using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>
/// What Winograd's inner product needs to know of a row of A: the sum over its pairs, and a power of two that brings it to the size that
/// weights are kept at. With both of one size no sum on the way exceeds twice |a||b|, which makes the method as accurate as the plain one up
/// to a small factor (R. P. Brent, "Error analysis of algorithms for matrix multiplication using Winograd's identity", Numerische Mathematik 16, 1970).
/// </summary>
internal static unsafe class WinogradRows
{
    /// <summary>The root mean square that weights are kept at, and rows of A are brought to.</summary>
    public const float Level = 0.5f;

    /// <summary>Rows within this factor of <see cref="Level"/> stay as they are.</summary>
    private const float Tolerance = 4;

    /// <summary>Largest exponents of the powers of two of a row and of a matrix; together they and their inverse are normal numbers.</summary>
    private const int LargestRowExponent = 105, LargestExponent = 20;

    /// <summary>The power of two for a row of A; 1 for one that is of the right size or not finite, 0 for one of zeros.</summary>
    public static float Scale(float* a, int k, float squares)
    {
        // the usual case without a root: mean square within the tolerance
        if (squares >= k * (Level * Level / (Tolerance * Tolerance)) && squares <= k * (Level * Level * Tolerance * Tolerance)) return 1;
        double exact = 0;
        for (int p = 0; p < k; p++) exact += (double)a[p] * a[p];
        return exact == 0 ? 0 : double.IsFinite(exact) ? PowerOfTwo(exact, k, LargestRowExponent) : 1;
    }

    /// <summary>The power of two for a matrix of so many values, whose squares add up to so much; 1 for one of zeros, or that is not finite.</summary>
    public static float Scale(double squares, long count) => squares > 0 && double.IsFinite(squares) ? PowerOfTwo(squares, count, LargestExponent) : 1;

    /// <summary>The sum over the pairs of a row, and over all its squares. The order of additions is the same for every processor.</summary>
    public static float PairSum(float* a, int k, out float squares)
    {
        // of 48 numbers, sixteen groups, these lanes start pairs; those of the third vector end them, so that nothing behind the row is read
        Vector512<float> first = Vector512.Create(-1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1).AsSingle();
        Vector512<float> second = Vector512.Create(0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0).AsSingle(), third = second;
        Vector512<float> s0 = default, s1 = default, s2 = default, t0 = default, t1 = default, t2 = default;
        int p = 0;
        for (; p + 48 <= k; p += 48)
        {
            Vector512<float> v0 = Vector512.Load(a + p), v1 = Vector512.Load(a + p + 16), v2 = Vector512.Load(a + p + 32);
            s0 += (v0 & first) * Vector512.Load(a + p + 1);
            s1 += (v1 & second) * Vector512.Load(a + p + 17);
            s2 += (v2 & third) * Vector512.Load(a + p + 31);
            t0 += v0 * v0;
            t1 += v1 * v1;
            t2 += v2 * v2;
        }

        float sum = Sum(s0 + s1 + s2);
        squares = Sum(t0 + t1 + t2);
        for (; p < k; p++)
        {
            squares += a[p] * a[p];
            if (WinogradTile.StartsPair(p, k)) sum += a[p] * a[p + 1];
        }

        return sum;
    }

    private static float Sum(Vector512<float> x)
    {
        Vector256<float> half = x.GetLower() + x.GetUpper();
        Vector128<float> quarter = half.GetLower() + half.GetUpper();
        return quarter[0] + quarter[2] + (quarter[1] + quarter[3]);
    }

    private static float PowerOfTwo(double squares, long count, int largest) =>
        (float)Math.ScaleB(1, (int)Math.Clamp(Math.Round(Math.Log2(Level / Math.Sqrt(squares / count))), -largest, largest));
}
