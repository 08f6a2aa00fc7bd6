using System.Buffers;
using System.Numerics;
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
        int block = 4 * (Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector<float>.Count), skip = 0;   // nearly all blocks hold nothing above the worst, and four comparisons say so
        for (int i = 0; i < scores.Length; i++)
        {
            if (i == skip)
            {
                while (skip + block <= scores.Length && NoneAbove(ref MemoryMarshal.GetReference(scores), (nuint)skip, worst)) skip += block;
                i = skip;
                skip += block;
                if (i == scores.Length) break;
            }
            float s = scores[i];
            if (!(s > worst)) continue;
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

    private static bool NoneAbove(ref float scores, nuint at, float worst)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> wide = Vector512.Create(worst);
            return !(Vector512.GreaterThanAny(Vector512.LoadUnsafe(ref scores, at), wide) || Vector512.GreaterThanAny(Vector512.LoadUnsafe(ref scores, at + 16), wide)
                || Vector512.GreaterThanAny(Vector512.LoadUnsafe(ref scores, at + 32), wide) || Vector512.GreaterThanAny(Vector512.LoadUnsafe(ref scores, at + 48), wide));
        }
        nuint step = (nuint)Vector<float>.Count;
        var w = new Vector<float>(worst);
        Vector<int> above = Vector.GreaterThan(Vector.LoadUnsafe(ref scores, at), w) | Vector.GreaterThan(Vector.LoadUnsafe(ref scores, at + step), w)
            | Vector.GreaterThan(Vector.LoadUnsafe(ref scores, at + 2 * step), w) | Vector.GreaterThan(Vector.LoadUnsafe(ref scores, at + 3 * step), w);
        return above == Vector<int>.Zero;
    }
}
