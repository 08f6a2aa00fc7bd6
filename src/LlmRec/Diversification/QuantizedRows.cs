using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec;

/// <summary>
/// Unit rows in 16-bit integers, q = round(S · v̂) with one S for all: half the bytes of float32 and twice the multiply-adds an instruction,
/// with an error that is known beforehand, so that only candidates near the best need float32.
/// </summary>
/// <remarks>
/// |v̂ − q / S| ≤ √d / (2 S). By Cauchy–Schwarz every partial sum of q · q' stays below (S + √d / 2)², which fits 31 bits for any d below 2²⁴.
/// </remarks>
internal sealed unsafe class QuantizedRows
{
    /// <summary>The scale S.</summary>
    public const float Unit = 32000;

    private readonly Scratch<short> _rows = new(), _other = new();

    public static bool IsSupported => Avx512BW.IsSupported || Avx2.IsSupported;

    /// <summary>Elements from row to row: d rounded up to a multiple of 32, the padding zero.</summary>
    public int Stride { get; private set; }

    /// <summary>Makes room for n rows of d elements.</summary>
    public void Reserve(int n, int d)
    {
        Stride = (d + 31) / 32 * 32;
        _rows.Take(checked(n * Stride));
    }

    /// <summary>The most by which a unit vector's product with a unit row can be off.</summary>
    public static double Error(int d)
    {
        double half = 0.5 * Math.Sqrt(d) / Unit + 1e-6;
        return 2 * half + half * half;
    }

    /// <summary>Stores rows from a first one on, each times its factor; no result may be longer than 1.</summary>
    public void Set(int first, float* rows, int rowStride, ReadOnlySpan<float> factors, int d)
    {
        int stride = Stride;
        short* to = Pointer + (long)first * stride;
        for (int i = 0; i < factors.Length; i++, to += stride)
            Quantize(rows + (long)i * rowStride, factors[i] * Unit, d, to, stride);
    }

    /// <summary>dots[i] = about v̂_i · y for the first n rows, where y (d) has unit length.</summary>
    public void Dots(float* y, int d, int n, float* dots)
    {
        short* q = _other.Pointer(Stride);
        Quantize(y, Unit, d, q, Stride);
        short* rows = Pointer;
        int i = 0, stride = Stride;
        if (Avx2.IsSupported)
        {
            Vector128<float> back = Vector128.Create(1 / (Unit * Unit));
            for (; i <= n - 4; i += 4, rows += 4L * stride)
                Vector128.Store(Vector128.ConvertToSingle(Four(rows, q, stride)) * back, dots + i);
        }
        for (; i < n; i++, rows += stride)
            dots[i] = One(rows, q, stride) / (Unit * Unit);
    }

    /// <summary>The plain twin of the vector code: the integer dot product of two rows.</summary>
    internal static int One(short* x, short* y, int length)
    {
        int sum = 0;
        for (int j = 0; j < length; j++)
            sum += x[j] * y[j];
        return sum;
    }

    /// <summary>Integer dot products of four neighbouring rows with q, in the order of the rows.</summary>
    internal static Vector128<int> Four(short* x, short* q, int stride)
    {
        short* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride;
        Vector256<int> a, b, c, e;
        if (Avx512BW.IsSupported)
        {
            Vector512<int> a5 = default, b5 = default, c5 = default, e5 = default;
            for (int j = 0; j < stride; j += 32)
            {
                Vector512<short> y = Vector512.Load(q + j);
                a5 += Avx512BW.MultiplyAddAdjacent(Vector512.Load(x + j), y);
                b5 += Avx512BW.MultiplyAddAdjacent(Vector512.Load(x1 + j), y);
                c5 += Avx512BW.MultiplyAddAdjacent(Vector512.Load(x2 + j), y);
                e5 += Avx512BW.MultiplyAddAdjacent(Vector512.Load(x3 + j), y);
            }
            a = a5.GetLower() + a5.GetUpper();
            b = b5.GetLower() + b5.GetUpper();
            c = c5.GetLower() + c5.GetUpper();
            e = e5.GetLower() + e5.GetUpper();
        }
        else
        {
            a = b = c = e = default;
            for (int j = 0; j < stride; j += 16)
            {
                Vector256<short> y = Vector256.Load(q + j);
                a += Avx2.MultiplyAddAdjacent(Vector256.Load(x + j), y);
                b += Avx2.MultiplyAddAdjacent(Vector256.Load(x1 + j), y);
                c += Avx2.MultiplyAddAdjacent(Vector256.Load(x2 + j), y);
                e += Avx2.MultiplyAddAdjacent(Vector256.Load(x3 + j), y);
            }
        }
        // Pairwise sums within 128-bit halves leave (a b c e | a b c e); the halves added are the four dot products.
        Vector256<int> sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, e));
        return sums.GetLower() + sums.GetUpper();
    }

    /// <summary>to[j] = round(x[j] · factor), zeros from d on.</summary>
    internal static void Quantize(float* x, float factor, int d, short* to, int stride)
    {
        int j = 0;
        if (Avx512F.IsSupported)
        {
            Vector512<float> f = Vector512.Create(factor);
            for (; j <= d - 16; j += 16)
                Vector256.Store(Avx512F.ConvertToVector256Int16(Avx512F.ConvertToVector512Int32(Vector512.Load(x + j) * f)), to + j);
        }
        else if (Avx2.IsSupported)
        {
            Vector256<float> f = Vector256.Create(factor);
            for (; j <= d - 16; j += 16)
            {
                Vector256<int> low = Avx.ConvertToVector256Int32(Vector256.Load(x + j) * f), high = Avx.ConvertToVector256Int32(Vector256.Load(x + j + 8) * f);
                Vector256.Store(Avx2.Permute4x64(Avx2.PackSignedSaturate(low, high).AsInt64(), 0b_11_01_10_00).AsInt16(), to + j);
            }
        }
        for (; j < d; j++)
            to[j] = (short)MathF.Round(x[j] * factor);
        for (; j < stride; j++)
            to[j] = 0;
    }

    private short* Pointer => _rows.Pointer(0);
}
