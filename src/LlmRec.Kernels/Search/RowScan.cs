using System.Numerics;

namespace LlmRec.Kernels;

/// <summary>The scan loops: score a range of rows and keep the best, with the filter inside.</summary>
internal static unsafe class RowScan
{
    /// <summary>Scans rows <paramref name="begin"/> to <paramref name="end"/> − 1; a hit's index is the row.</summary>
    /// <param name="scorer">Rows and query.</param>
    /// <param name="begin">First row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="heap">Where the best are kept.</param>
    /// <param name="bitmap">Bit i: row i may be returned; <c>null</c> for no bitmap.</param>
    /// <param name="words">Words of the bitmap; rows beyond its end do not pass.</param>
    /// <param name="predicate">Asked for rows that would enter, or <c>null</c>.</param>
    public static void Run<TScorer>(in TScorer scorer, int begin, int end, ref HitHeap heap, ulong* bitmap, int words, Func<int, bool>? predicate)
        where TScorer : struct, IRowScorer
    {
        TScorer local = scorer;
        float threshold = heap.Threshold;
        if (bitmap == null)
        {
            for (int i = begin; i < end; i++)
            {
                float score = local.Score(i);
                if (score >= threshold && (predicate is null || predicate(i)))
                {
                    heap.Offer(i, score);
                    threshold = heap.Threshold;
                }
            }
            return;
        }

        end = (int)Math.Min(end, words * 64L);
        for (int from = begin; from < end; from = (from | 63) + 1)
        {
            // The bits of this word that lie in [from, end).
            ulong bits = bitmap[from >> 6] & (ulong.MaxValue << (from & 63));
            if (end - (from & ~63) < 64) bits &= (1UL << (end & 63)) - 1;
            for (; bits != 0; bits &= bits - 1)
            {
                int i = (from & ~63) + BitOperations.TrailingZeroCount(bits);
                float score = local.Score(i);
                if (score >= threshold && (predicate is null || predicate(i)))
                {
                    heap.Offer(i, score);
                    threshold = heap.Threshold;
                }
            }
        }
    }

    /// <summary>Scans places <paramref name="begin"/> to <paramref name="end"/> − 1 of a chunk; only rows live at the version count.</summary>
    /// <param name="scorer">Rows and query.</param>
    /// <param name="begin">First place.</param>
    /// <param name="end">One past the last place.</param>
    /// <param name="keys">Key of each place.</param>
    /// <param name="diedAt">Version from which on each place is dead; <c>null</c> where all live.</param>
    /// <param name="version">The version this search sees.</param>
    /// <param name="firstPlace">−1: a hit's index is its key; otherwise it is this plus the place in the chunk.</param>
    /// <param name="heap">Where the best are kept.</param>
    /// <param name="bitmap">Bit i: key i may be returned; <c>null</c> for no bitmap.</param>
    /// <param name="words">Words of the bitmap; keys beyond its end do not pass.</param>
    /// <param name="predicate">Asked for keys that would enter, or <c>null</c>.</param>
    public static void RunKeyed<TScorer>(in TScorer scorer, int begin, int end, int* keys, long* diedAt, long version, int firstPlace, ref HitHeap heap,
        ulong* bitmap, int words, Func<int, bool>? predicate)
        where TScorer : struct, IRowScorer
    {
        TScorer local = scorer;
        float threshold = heap.Threshold;
        for (int i = begin; i < end; i++)
        {
            if (bitmap != null)
            {
                int word = keys[i] >> 6;
                if (word >= words || (bitmap[word] >> (keys[i] & 63) & 1) == 0) continue;
            }
            float score = local.Score(i);
            // The rare branch: whether the row is live is asked only where it would matter.
            if (score >= threshold && (diedAt == null || diedAt[i] > version) && (predicate is null || predicate(keys[i])))
            {
                heap.Offer(firstPlace < 0 ? keys[i] : firstPlace + i, score);
                threshold = heap.Threshold;
            }
        }
    }
}
