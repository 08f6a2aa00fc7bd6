using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>
/// The scan: score a range of rows and keep the best, with the filter inside. Rows are scored in blocks of 64 into a small buffer,
/// by a loop without calls, and the buffer is compared with the threshold: the loop that touches memory keeps everything in registers.
/// </summary>
internal static unsafe class RowScan
{
    /// <summary>Rows of a block: a word of a bitmap.</summary>
    public const int BlockRows = 64;

    /// <summary>Scans rows <paramref name="begin"/> to <paramref name="end"/> − 1; only rows live at the version count.</summary>
    /// <param name="scorer">Rows and query.</param>
    /// <param name="begin">First row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="keys">Key of each row; <c>null</c> where a row's number is its key, and then <paramref name="begin"/> is a multiple of 64.</param>
    /// <param name="diedAt">Version from which on each row is dead; <c>null</c> where all live.</param>
    /// <param name="version">The version this search sees.</param>
    /// <param name="firstPlace">−1: a hit's index is its key; otherwise it is this plus the row.</param>
    /// <param name="heap">Where the best are kept.</param>
    /// <param name="bitmap">Bit i: key i may be returned; <c>null</c> for no bitmap.</param>
    /// <param name="words">Words of the bitmap; keys beyond its end do not pass.</param>
    /// <param name="predicate">Asked for keys that would enter, or <c>null</c>.</param>
    [SkipLocalsInit]
    public static void Run<TScorer>(in TScorer scorer, int begin, int end, int* keys, long* diedAt, long version, int firstPlace, ref HitHeap heap,
        ulong* bitmap, int words, Func<int, bool>? predicate)
        where TScorer : struct, IRowScorer
    {
        float* scores = stackalloc float[BlockRows];
        int* picked = stackalloc int[BlockRows];
        for (int first = begin; first < end; first += BlockRows)
        {
            int count = Math.Min(BlockRows, end - first);
            bool all = true;
            if (bitmap != null)
            {
                int passing = keys == null ? Pick(bitmap, words, first, count, picked) : Pick(bitmap, words, keys, first, count, picked);
                all = passing == count;
                count = passing;
            }
            if (all) ScoreRun(scorer, first, count, scores);
            else ScorePicked(scorer, picked, count, scores);

            if (!Reaches(scores, count, heap.Threshold)) continue;
            for (int r = 0; r < count; r++)
            {
                if (!(scores[r] >= heap.Threshold)) continue;
                int i = all ? first + r : picked[r], key = keys == null ? i : keys[i];
                if ((diedAt == null || Volatile.Read(ref diedAt[i]) > version) && (predicate is null || predicate(key)))
                    heap.Offer(firstPlace < 0 ? key : firstPlace + i, scores[r]);
            }
        }
    }

    // Not inlined: a loop of its own has the registers to itself.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ScoreRun<TScorer>(in TScorer scorer, int first, int count, float* scores) where TScorer : struct, IRowScorer
    {
        TScorer local = scorer;
        if (typeof(TScorer) == typeof(Int8Scorer) && Unsafe.As<TScorer, Int8Scorer>(ref local) is { HasRun: true } int8)
        {
            int8.ScoreRun(first, count, scores);
            return;
        }
        int r = 0;
        for (; r <= count - 4; r += 4) local.ScoreFour(first + r, scores + r);
        for (; r < count; r++) scores[r] = local.Score(first + r);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ScorePicked<TScorer>(in TScorer scorer, int* rows, int count, float* scores) where TScorer : struct, IRowScorer
    {
        TScorer local = scorer;
        for (int r = 0; r < count; r++) scores[r] = local.Score(rows[r]);
    }

    // The rows of a block whose own bit is set.
    private static int Pick(ulong* bitmap, int words, int first, int count, int* picked)
    {
        int word = first / 64, n = 0;
        if (word >= words) return 0;
        ulong bits = bitmap[word];
        if (count < 64) bits &= (1UL << count) - 1;
        for (; bits != 0; bits &= bits - 1) picked[n++] = first + BitOperations.TrailingZeroCount(bits);
        return n;
    }

    // The rows of a block whose key's bit is set.
    private static int Pick(ulong* bitmap, int words, int* keys, int first, int count, int* picked)
    {
        int n = 0;
        for (int i = first; i < first + count; i++)
        {
            uint word = (uint)keys[i] / 64;
            // Written always and counted when it passes: no branch to mispredict.
            picked[n] = i;
            n += word < (uint)words ? (int)(bitmap[word] >> (keys[i] & 63) & 1) : 0;
        }
        return n;
    }

    private static bool Reaches(float* scores, int count, float threshold)
    {
        int r = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<float> least = Vector128.Create(threshold);
            for (; r <= count - 8; r += 8)
                if (Vector128.GreaterThanOrEqualAny(Vector128.Load(scores + r), least) || Vector128.GreaterThanOrEqualAny(Vector128.Load(scores + r + 4), least)) return true;
        }
        for (; r < count; r++)
            if (scores[r] >= threshold) return true;
        return false;
    }
}
