using System.Numerics;
using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>
/// Agreement of signs, 1 − 2h/d for h differing bits. Plain 64-bit popcounts: four a cycle on Zen 4, one on Intel, and both are
/// faster than memory; .NET 10 has no vector popcount.
/// </summary>
/// <param name="rows">n × words.</param>
/// <param name="words">64-bit words a row.</param>
/// <param name="query">words; like the rows' the bits beyond d are zero.</param>
/// <param name="d">Bits that count.</param>
internal readonly unsafe struct SignScorer(ulong* rows, int words, ulong* query, int d) : IStoreScorer<SignScorer>
{
    private readonly ulong* _rows = rows, _query = query;
    private readonly int _words = words, _d = d;
    private readonly float _perBit = 2f / d;

    public long BytesPerRow => _words * sizeof(ulong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreFour(nint i, float* scores)
    {
        // One row after the other: streams side by side would halve the memory speed.
        scores[0] = Score(i);
        scores[1] = Score(i + 1);
        scores[2] = Score(i + 2);
        scores[3] = Score(i + 3);
    }

    public SignScorer Over(RowStore store) => new((ulong*)store.Codes, _words, _query, _d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(nint i)
    {
        ulong* row = _rows + i * _words, query = _query;
        int differing = 0, left = _words;
        // Four words a step, so that the usual dimensions need one or two steps and the counts do not wait for each other.
        for (; left >= 4; left -= 4, row += 4, query += 4)
            differing += BitOperations.PopCount(row[0] ^ query[0]) + BitOperations.PopCount(row[1] ^ query[1])
                + (BitOperations.PopCount(row[2] ^ query[2]) + BitOperations.PopCount(row[3] ^ query[3]));
        if (left >= 2)
            differing += BitOperations.PopCount(row[0] ^ query[0]) + BitOperations.PopCount(row[1] ^ query[1]);
        if ((left & 1) != 0)
            differing += BitOperations.PopCount(row[left - 1] ^ query[left - 1]);
        return 1 - differing * _perBit;
    }
}
