using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>How two 16-bit floats in one 32-bit lane become float32: the one in the lower half (even) and the one in the upper (odd).</summary>
internal interface IHalfDecoding
{
    static abstract Vector512<float> Even(Vector512<uint> pair);
    static abstract Vector512<float> Odd(Vector512<uint> pair);
    static abstract Vector256<float> Even(Vector256<uint> pair);
    static abstract Vector256<float> Odd(Vector256<uint> pair);
    static abstract Vector128<float> Even(Vector128<uint> pair);
    static abstract Vector128<float> Odd(Vector128<uint> pair);
    static abstract float Even(uint pair);
    static abstract float Odd(uint pair);
}

/// <summary>bfloat16 is the upper half of a float32.</summary>
internal readonly struct BFloat16Decoding : IHalfDecoding
{
    public static Vector512<float> Even(Vector512<uint> pair) => (pair << 16).AsSingle();
    public static Vector512<float> Odd(Vector512<uint> pair) => (pair & Vector512.Create(0xFFFF0000)).AsSingle();
    public static Vector256<float> Even(Vector256<uint> pair) => (pair << 16).AsSingle();
    public static Vector256<float> Odd(Vector256<uint> pair) => (pair & Vector256.Create(0xFFFF0000)).AsSingle();
    public static Vector128<float> Even(Vector128<uint> pair) => (pair << 16).AsSingle();
    public static Vector128<float> Odd(Vector128<uint> pair) => (pair & Vector128.Create(0xFFFF0000)).AsSingle();
    public static float Even(uint pair) => BitConverter.UInt32BitsToSingle(pair << 16);
    public static float Odd(uint pair) => BitConverter.UInt32BitsToSingle(pair & 0xFFFF0000);
}

/// <summary>
/// float16 moved to float32's place: sign to bit 31, exponent and fraction to bits 13 to 27. The exponent's bias then differs by 112,
/// so the result is 2⁻¹¹² of the value, subnormals included; the query carries the 2¹¹².
/// </summary>
internal readonly struct Float16Decoding : IHalfDecoding
{
    private const uint Mask = 0x8FFFE000;

    public static Vector512<float> Even(Vector512<uint> pair) => (((pair << 16).AsInt32() >> 3).AsUInt32() & Vector512.Create(Mask)).AsSingle();
    public static Vector512<float> Odd(Vector512<uint> pair) => ((pair.AsInt32() >> 3).AsUInt32() & Vector512.Create(Mask)).AsSingle();
    public static Vector256<float> Even(Vector256<uint> pair) => (((pair << 16).AsInt32() >> 3).AsUInt32() & Vector256.Create(Mask)).AsSingle();
    public static Vector256<float> Odd(Vector256<uint> pair) => ((pair.AsInt32() >> 3).AsUInt32() & Vector256.Create(Mask)).AsSingle();
    public static Vector128<float> Even(Vector128<uint> pair) => (((pair << 16).AsInt32() >> 3).AsUInt32() & Vector128.Create(Mask)).AsSingle();
    public static Vector128<float> Odd(Vector128<uint> pair) => ((pair.AsInt32() >> 3).AsUInt32() & Vector128.Create(Mask)).AsSingle();
    public static float Even(uint pair) => BitConverter.UInt32BitsToSingle((uint)((int)(pair << 16) >> 3) & Mask);
    public static float Odd(uint pair) => BitConverter.UInt32BitsToSingle((uint)((int)pair >> 3) & Mask);
}

/// <summary>Inner product with rows of 16-bit floats.</summary>
/// <param name="rows">n × pairs, two values a 32-bit word.</param>
/// <param name="pairs">32-bit words a row, a multiple of 16.</param>
/// <param name="even">pairs values: the query's even elements.</param>
/// <param name="odd">pairs values: its odd elements.</param>
/// <param name="factor">What the sum is multiplied by.</param>
internal readonly unsafe struct HalfScorer<TDecoding>(uint* rows, int pairs, float* even, float* odd, float factor) : IStoreScorer<HalfScorer<TDecoding>>
    where TDecoding : struct, IHalfDecoding
{
    private readonly uint* _rows = rows;
    private readonly float* _even = even, _odd = odd;
    private readonly int _pairs = pairs;
    private readonly float _factor = factor;

    public long BytesPerRow => _pairs * sizeof(uint);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreFour(nint i, float* scores)
    {
        // One row after the other: streams side by side would halve the memory speed.
        scores[0] = Score(i);
        scores[1] = Score(i + 1);
        scores[2] = Score(i + 2);
        scores[3] = Score(i + 3);
    }

    public HalfScorer<TDecoding> Over(RowStore store) => new((uint*)store.Codes, _pairs, _even, _odd, _factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(nint i)
    {
        uint* row = _rows + i * _pairs;
        float sum = Vector512.IsHardwareAccelerated ? Sum512(row) : Vector256.IsHardwareAccelerated ? Sum256(row) : Vector128.IsHardwareAccelerated ? Sum128(row) : Scalar(row);
        return sum * _factor;
    }

    /// <summary>The plain twin of <see cref="Score"/>.</summary>
    public float ScoreScalar(nint i) => Scalar(_rows + i * _pairs) * _factor;

    private float Scalar(uint* row)
    {
        float sum = 0;
        for (int j = 0; j < _pairs; j++)
            sum += TDecoding.Even(row[j]) * _even[j] + TDecoding.Odd(row[j]) * _odd[j];
        return sum;
    }

    // 16 lanes hold 32 values; four accumulators while two lines are left, two for a last one.
    private float Sum512(uint* row)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        int j = 0;
        for (; j <= _pairs - 32; j += 32)
        {
            Vector512<uint> x = Vector512.Load(row + j), y = Vector512.Load(row + j + 16);
            a = Vector512.MultiplyAddEstimate(TDecoding.Even(x), Vector512.Load(_even + j), a);
            b = Vector512.MultiplyAddEstimate(TDecoding.Odd(x), Vector512.Load(_odd + j), b);
            c = Vector512.MultiplyAddEstimate(TDecoding.Even(y), Vector512.Load(_even + j + 16), c);
            d = Vector512.MultiplyAddEstimate(TDecoding.Odd(y), Vector512.Load(_odd + j + 16), d);
        }
        if (j < _pairs)
        {
            Vector512<uint> x = Vector512.Load(row + j);
            a = Vector512.MultiplyAddEstimate(TDecoding.Even(x), Vector512.Load(_even + j), a);
            b = Vector512.MultiplyAddEstimate(TDecoding.Odd(x), Vector512.Load(_odd + j), b);
        }
        return Vector512.Sum(a + b + (c + d));
    }

    private float Sum256(uint* row)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        for (int j = 0; j < _pairs; j += 16)
        {
            Vector256<uint> x = Vector256.Load(row + j), y = Vector256.Load(row + j + 8);
            a = Vector256.MultiplyAddEstimate(TDecoding.Even(x), Vector256.Load(_even + j), a);
            b = Vector256.MultiplyAddEstimate(TDecoding.Odd(x), Vector256.Load(_odd + j), b);
            c = Vector256.MultiplyAddEstimate(TDecoding.Even(y), Vector256.Load(_even + j + 8), c);
            d = Vector256.MultiplyAddEstimate(TDecoding.Odd(y), Vector256.Load(_odd + j + 8), d);
        }
        return Vector256.Sum(a + b + (c + d));
    }

    private float Sum128(uint* row)
    {
        Vector128<float> a = default, b = default, c = default, d = default;
        for (int j = 0; j < _pairs; j += 8)
        {
            Vector128<uint> x = Vector128.Load(row + j), y = Vector128.Load(row + j + 4);
            a = Vector128.MultiplyAddEstimate(TDecoding.Even(x), Vector128.Load(_even + j), a);
            b = Vector128.MultiplyAddEstimate(TDecoding.Odd(x), Vector128.Load(_odd + j), b);
            c = Vector128.MultiplyAddEstimate(TDecoding.Even(y), Vector128.Load(_even + j + 4), c);
            d = Vector128.MultiplyAddEstimate(TDecoding.Odd(y), Vector128.Load(_odd + j + 4), d);
        }
        return Vector128.Sum(a + b + (c + d));
    }
}
