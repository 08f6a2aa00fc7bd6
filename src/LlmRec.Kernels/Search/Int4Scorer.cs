using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// Inner product with 4-bit rows: Σ (u − 8)·q in exact integers, times the scales. A pair of products is at most 2·15·127 = 3,810,
/// so the products of four lines, upper and lower halves, add up in 16 bits.
/// </summary>
/// <param name="rows">n × stride; byte j holds value j (lower half) and value j + stride (upper half), 8 added.</param>
/// <param name="stride">Bytes a row, a multiple of 64.</param>
/// <param name="scales">n scales.</param>
/// <param name="query">2·stride codes.</param>
/// <param name="codeSum">Σ q, to take the added 8 off again.</param>
/// <param name="factor">The query's scale.</param>
internal readonly unsafe struct Int4Scorer(byte* rows, int stride, float* scales, sbyte* query, int codeSum, float factor) : IStoreScorer<Int4Scorer>
{
    /// <summary>Lines whose products are added in 16 bits.</summary>
    private const int Run = 4;

    private readonly byte* _rows = rows;
    private readonly float* _scales = scales;
    private readonly sbyte* _lower = query, _upper = query + stride;
    private readonly int _stride = stride, _codeSum = codeSum;
    private readonly float _factor = factor;

    public long BytesPerRow => _stride;

    public Int4Scorer Over(RowStore store) => new(store.Codes, _stride, store.Scales, _lower, _codeSum, _factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(nint i)
    {
        byte* row = _rows + i * _stride;
        int sum = Avx512BW.IsSupported ? Vector512.Sum(Sum512(row)) : Avx2.IsSupported ? Sum256(row) : Ssse3.IsSupported ? Sum128(row) : Scalar(row);
        return (sum - 8 * _codeSum) * (_scales[i] * _factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreFour(nint i, float* scores)
    {
        if (Avx512BW.IsSupported)
        {
            byte* row = _rows + i * _stride;
            Vector128<int> sums = LaneSums.Of(Sum512(row), Sum512(row + _stride), Sum512(row + 2 * _stride), Sum512(row + 3 * _stride));
            (Vector128.ConvertToSingle(sums - Vector128.Create(8 * _codeSum)) * (Vector128.Load(_scales + i) * _factor)).Store(scores);
            return;
        }
        scores[0] = Score(i);
        scores[1] = Score(i + 1);
        scores[2] = Score(i + 2);
        scores[3] = Score(i + 3);
    }

    /// <summary>The plain twin of <see cref="Score"/>.</summary>
    public float ScoreScalar(nint i) => (Scalar(_rows + i * _stride) - 8 * _codeSum) * (_scales[i] * _factor);

    // The same integer as every other width gives.
    private int Scalar(byte* row)
    {
        int sum = 0;
        for (int j = 0; j < _stride; j++)
            sum += (row[j] & 15) * _lower[j] + (row[j] >> 4) * _upper[j];
        return sum;
    }

    // The sums of 16 interleaved parts of the row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<int> Sum512(byte* row)
    {
        Vector512<byte> mask = Vector512.Create((byte)15);
        Vector512<int> sum = default;
        for (int j = 0; j < _stride;)
        {
            Vector512<short> pairs = default;
            for (int end = Math.Min(_stride, j + Run * 64); j < end; j += 64)
            {
                Vector512<byte> x = Vector512.Load(row + j);
                pairs += Avx512BW.MultiplyAddAdjacent(x & mask, Vector512.Load(_lower + j))
                    + Avx512BW.MultiplyAddAdjacent((x.AsUInt16() >>> 4).AsByte() & mask, Vector512.Load(_upper + j));
            }
            sum += Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One);
        }
        return sum;
    }

    private int Sum256(byte* row)
    {
        Vector256<byte> mask = Vector256.Create((byte)15);
        Vector256<int> sum = default;
        for (int j = 0; j < _stride;)
        {
            Vector256<short> pairs = default;
            for (int end = Math.Min(_stride, j + Run * 32); j < end; j += 32)
            {
                Vector256<byte> x = Vector256.Load(row + j);
                pairs += Avx2.MultiplyAddAdjacent(x & mask, Vector256.Load(_lower + j))
                    + Avx2.MultiplyAddAdjacent((x.AsUInt16() >>> 4).AsByte() & mask, Vector256.Load(_upper + j));
            }
            sum += Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
        }
        return Vector256.Sum(sum);
    }

    private int Sum128(byte* row)
    {
        Vector128<byte> mask = Vector128.Create((byte)15);
        Vector128<int> sum = default;
        for (int j = 0; j < _stride;)
        {
            Vector128<short> pairs = default;
            for (int end = Math.Min(_stride, j + Run * 16); j < end; j += 16)
            {
                Vector128<byte> x = Vector128.Load(row + j);
                pairs += Ssse3.MultiplyAddAdjacent(x & mask, Vector128.Load(_lower + j))
                    + Ssse3.MultiplyAddAdjacent((x.AsUInt16() >>> 4).AsByte() & mask, Vector128.Load(_upper + j));
            }
            sum += Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One);
        }
        return Vector128.Sum(sum);
    }
}
