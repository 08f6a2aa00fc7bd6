using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec;

/// <summary>The best of dense scores: higher first, ties by lower index, −∞ never.</summary>
internal static class TopNSelection
{
    /// <summary>Users scored at a time: their scores stay in the cache until the best are found.</summary>
    private const int Batch = 16;

    /// <summary>The lists of a model that scores all items.</summary>
    /// <param name="model">The model.</param>
    /// <param name="requests">n users.</param>
    /// <param name="count">Most items of a list, at least 1.</param>
    /// <param name="indexOf">The number of an item in <see cref="IScoringModel.Items"/> or −1, where the model has a table; else all items are asked for being excluded.</param>
    public static IReadOnlyList<IReadOnlyList<ScoredItem>> FromScores(IScoringModel model, IReadOnlyList<TopNRequest> requests, int count, Func<string, int>? indexOf = null)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        IReadOnlyList<string> items = model.Items;
        int m = items.Count;
        var lists = new IReadOnlyList<ScoredItem>[requests.Count];
        int[] best = new int[Math.Min(count, m)];
        float[] scores = ArrayPool<float>.Shared.Rent(Math.Max(1, Math.Min(Batch, lists.Length) * m));
        for (int from = 0; from < lists.Length; from += Batch)
        {
            TopNRequest[] batch = [.. Enumerable.Range(from, Math.Min(Batch, lists.Length - from)).Select(r => requests[r])];
            model.Score(batch, scores.AsSpan(0, batch.Length * m));
            for (int r = 0; r < batch.Length; r++)
            {
                Span<float> row = scores.AsSpan(r * m, m);
                Exclude(batch[r].Exclude, items, indexOf, row);
                int n = Best(row, best);
                var list = new ScoredItem[n];
                for (int i = 0; i < n; i++) list[i] = new(items[best[i]], row[best[i]]);
                lists[from + r] = list;
            }
        }
        ArrayPool<float>.Shared.Return(scores);
        return lists;
    }

    private static void Exclude(IReadOnlyCollection<string> ids, IReadOnlyList<string> items, Func<string, int>? indexOf, Span<float> scores)
    {
        if (ids.Count == 0) return;
        if (indexOf is not null)
        {
            foreach (string id in ids)
                if (indexOf(id) is >= 0 and int i) scores[i] = float.NegativeInfinity;
            return;
        }
        IReadOnlySet<string> exclude = ids as IReadOnlySet<string> ?? ids.ToHashSet(StringComparer.Ordinal);
        for (int i = 0; i < scores.Length; i++)
            if (exclude.Contains(items[i])) scores[i] = float.NegativeInfinity;
    }

    /// <summary>Writes the indices of the largest scores, best first, and returns how many there are.</summary>
    public static int Best(ReadOnlySpan<float> scores, Span<int> best)
    {
        int n = 0, k = best.Length;
        if (k == 0) return 0;
        float worst = float.NegativeInfinity;   // a score must exceed it to enter; an equal one comes later and so ranks lower
        for (int i = NextAbove(scores, 0, worst); i < scores.Length; i = NextAbove(scores, i + 1, worst))
        {
            float s = scores[i];
            int at = n < k ? n++ : k - 1;
            while (at > 0 && scores[best[at - 1]] < s)
            {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = i;
            if (n == k) worst = scores[best[k - 1]];
        }
        return n;
    }

    /// <summary>The first place from <paramref name="from"/> on with a score above <paramref name="worst"/>, or the number of scores. NaN is above nothing.</summary>
    /// <remarks>Optimised at once: in the first second of a process a list of 1,700 scores would cost three times as much.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int NextAbove(ReadOnlySpan<float> scores, int from, float worst)
    {
        ref float start = ref MemoryMarshal.GetReference(scores);
        nuint i = (nuint)from, n = (nuint)scores.Length;   // nearly all scores are not above, and four wide comparisons a step say so
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> w = Vector512.Create(worst);
            for (; i + 64 <= n; i += 64)
                if (Vector512.GreaterThanAny(Vector512.LoadUnsafe(ref start, i), w) || Vector512.GreaterThanAny(Vector512.LoadUnsafe(ref start, i + 16), w)
                    || Vector512.GreaterThanAny(Vector512.LoadUnsafe(ref start, i + 32), w) || Vector512.GreaterThanAny(Vector512.LoadUnsafe(ref start, i + 48), w)) break;
            for (; i + 16 <= n; i += 16)
                if (Vector512.GreaterThan(Vector512.LoadUnsafe(ref start, i), w).ExtractMostSignificantBits() is not 0 and ulong above) return (int)i + BitOperations.TrailingZeroCount(above);
        }
        else
        {
            Vector256<float> w = Vector256.Create(worst);
            for (; i + 32 <= n; i += 32)
                if ((Vector256.GreaterThan(Vector256.LoadUnsafe(ref start, i), w) | Vector256.GreaterThan(Vector256.LoadUnsafe(ref start, i + 8), w)
                    | Vector256.GreaterThan(Vector256.LoadUnsafe(ref start, i + 16), w) | Vector256.GreaterThan(Vector256.LoadUnsafe(ref start, i + 24), w)).ExtractMostSignificantBits() != 0) break;
            for (; i + 8 <= n; i += 8)
                if (Vector256.GreaterThan(Vector256.LoadUnsafe(ref start, i), w).ExtractMostSignificantBits() is not 0 and uint above) return (int)i + BitOperations.TrailingZeroCount(above);
        }
        while (i < n && !(scores[(int)i] > worst)) i++;
        return (int)i;
    }
}
