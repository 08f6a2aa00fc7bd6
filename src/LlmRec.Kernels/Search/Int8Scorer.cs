using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// Inner product with int8 rows: Σ (u − 128)·q in exact integers, times the scales. .NET 10 has no VNNI, so u8·s8 pairs go through
/// the saturating multiply-add into 16 bits. The query's two small digits (q = 16·high + low) keep that from saturating: a pair is at
/// most 2·255·8 = 4,080, so eight of them add up in 16 bits, and the query keeps nearly 8 bits at the price of one wide multiply for eight lines.
/// </summary>
/// <param name="rows">n × stride codes with 128 added.</param>
/// <param name="stride">Bytes a row, a multiple of 64.</param>
/// <param name="scales">n scales.</param>
/// <param name="high">stride digits.</param>
/// <param name="low">stride digits.</param>
/// <param name="codeSum">Σ q, to take the added 128 off again.</param>
/// <param name="factor">The query's scale.</param>
internal readonly unsafe partial struct Int8Scorer(byte* rows, int stride, float* scales, sbyte* high, sbyte* low, int codeSum, float factor) : IStoreScorer<Int8Scorer>
{
    /// <summary>Lines whose products are added in 16 bits.</summary>
    private const int Run = 8;

    private readonly byte* _rows = rows;
    private readonly float* _scales = scales;
    private readonly sbyte* _high = high, _low = low;
    private readonly int _stride = stride, _codeSum = codeSum;
    private readonly float _factor = factor;

    public long BytesPerRow => _stride;

    public Int8Scorer Over(RowStore store) => new(store.Codes, _stride, store.Scales, _high, _low, _codeSum, _factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(nint i)
    {
        byte* row = _rows + i * _stride;
        int sum = Avx512BW.IsSupported ? Vector512.Sum(Sum512(row, _high, _low, _stride)) : Avx2.IsSupported ? Sum256(row) : Ssse3.IsSupported ? Sum128(row) : Scalar(row);
        return (sum - 128 * _codeSum) * (_scales[i] * _factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreFour(nint i, float* scores)
    {
        for (int r = 0; r < 4; r++) scores[r] = Score(i + r);
    }

    /// <summary>The plain twin of <see cref="Score"/>.</summary>
    public float ScoreScalar(nint i) => (Scalar(_rows + i * _stride) - 128 * _codeSum) * (_scales[i] * _factor);

    // The same integer as every other width gives.
    private int Scalar(byte* row)
    {
        int sum = 0;
        for (int j = 0; j < _stride; j++)
            sum += row[j] * (16 * _high[j] + _low[j]);
        return sum;
    }

    // The sums of 16 interleaved parts of the row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Sum512(byte* row, sbyte* queryHigh, sbyte* queryLow, int stride)
    {
        Vector512<int> sum = default;
        int j = 0;
        do
        {
            Vector512<short> high = default, low = default;
            int end = Math.Min(stride, j + Run * 64);
            for (; j <= end - 128; j += 128)
            {
                Vector512<byte> x = Vector512.Load(row + j), y = Vector512.Load(row + j + 64);
                high += Avx512BW.MultiplyAddAdjacent(x, Vector512.Load(queryHigh + j));
                low += Avx512BW.MultiplyAddAdjacent(x, Vector512.Load(queryLow + j));
                high += Avx512BW.MultiplyAddAdjacent(y, Vector512.Load(queryHigh + j + 64));
                low += Avx512BW.MultiplyAddAdjacent(y, Vector512.Load(queryLow + j + 64));
            }
            if (j < end)
            {
                Vector512<byte> x = Vector512.Load(row + j);
                high += Avx512BW.MultiplyAddAdjacent(x, Vector512.Load(queryHigh + j));
                low += Avx512BW.MultiplyAddAdjacent(x, Vector512.Load(queryLow + j));
                j += 64;
            }
            sum += Avx512BW.MultiplyAddAdjacent(high, Vector512.Create((short)16)) + Avx512BW.MultiplyAddAdjacent(low, Vector512<short>.One);
        }
        while (j < stride);
        return sum;
    }

    private int Sum256(byte* row)
    {
        Vector256<int> sum = default;
        for (int j = 0; j < _stride;)
        {
            Vector256<short> high = default, low = default;
            for (int end = Math.Min(_stride, j + Run * 32); j < end; j += 32)
            {
                Vector256<byte> x = Vector256.Load(row + j);
                high += Avx2.MultiplyAddAdjacent(x, Vector256.Load(_high + j));
                low += Avx2.MultiplyAddAdjacent(x, Vector256.Load(_low + j));
            }
            sum += Avx2.MultiplyAddAdjacent(high, Vector256.Create((short)16)) + Avx2.MultiplyAddAdjacent(low, Vector256<short>.One);
        }
        return Vector256.Sum(sum);
    }

    private int Sum128(byte* row)
    {
        Vector128<int> sum = default;
        for (int j = 0; j < _stride;)
        {
            Vector128<short> high = default, low = default;
            for (int end = Math.Min(_stride, j + Run * 16); j < end; j += 16)
            {
                Vector128<byte> x = Vector128.Load(row + j);
                high += Ssse3.MultiplyAddAdjacent(x, Vector128.Load(_high + j));
                low += Ssse3.MultiplyAddAdjacent(x, Vector128.Load(_low + j));
            }
            sum += Sse2.MultiplyAddAdjacent(high, Vector128.Create((short)16)) + Sse2.MultiplyAddAdjacent(low, Vector128<short>.One);
        }
        return Vector128.Sum(sum);
    }
}
