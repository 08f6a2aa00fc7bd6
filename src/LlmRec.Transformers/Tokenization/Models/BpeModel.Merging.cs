namespace LlmRec.Transformers;

internal sealed partial class BpeModel
{
    /// <summary>Up to so many symbols a scan for the lowest rank is faster than a heap.</summary>
    private const int ShortWord = 40;

    private const int Never = int.MaxValue;

    /// <summary>Merges by scanning for the lowest rank; symbols close up as they merge.</summary>
    /// <returns>The number of symbols left.</returns>
    private int MergeShort(MergeBuffers m, int count)
    {
        Span<int> ids = m.Ids, lengths = m.Lengths, ranks = m.Ranks, results = m.Results;
        if (count == 0) return 0;
        for (int i = 0; i < count - 1; i++) ranks[i] = _merges.RankOf(ids[i], ids[i + 1], out results[i]);
        ranks[count - 1] = Never;
        while (true)
        {
            int best = 0, lowest = ranks[0];
            for (int i = 1; i < count; i++)
                if (ranks[i] < lowest) (lowest, best) = (ranks[i], i);
            if (lowest == Never) return count;
            ids[best] = results[best];
            lengths[best] += lengths[best + 1];
            int moved = count - best - 2;
            ids.Slice(best + 2, moved).CopyTo(ids[(best + 1)..]);
            lengths.Slice(best + 2, moved).CopyTo(lengths[(best + 1)..]);
            ranks.Slice(best + 2, moved).CopyTo(ranks[(best + 1)..]);
            results.Slice(best + 2, moved).CopyTo(results[(best + 1)..]);
            count--;
            ranks[best] = best + 1 < count ? _merges.RankOf(ids[best], ids[best + 1], out results[best]) : Never;
            if (best > 0) ranks[best - 1] = _merges.RankOf(ids[best - 1], ids[best], out results[best - 1]);
        }
    }

    /// <summary>Merges with a heap, in n log n; a symbol that was merged into an earlier one keeps its place with length 0.</summary>
    private void MergeLong(MergeBuffers m, int count)
    {
        int size = 0;
        for (int i = 0; i < count; i++) (m.Previous[i], m.Next[i]) = (i - 1, i + 1 < count ? i + 1 : -1);
        for (int i = 0; i < count - 1; i++) Offer(m, ref size, i, i + 1);
        while (size > 0)
        {
            (long key, int result) = Pop(m.Heap, ref size);
            int at = (int)(key & int.MaxValue), right = m.Next[at];
            // Entries of symbols that have merged since are stale.
            if (m.Lengths[at] == 0 || right < 0 || _merges.RankOf(m.Ids[at], m.Ids[right], out int now) == Never || now != result) continue;
            m.Ids[at] = result;
            m.Lengths[at] += m.Lengths[right];
            m.Lengths[right] = 0;
            m.Next[at] = m.Next[right];
            if (m.Next[at] >= 0) m.Previous[m.Next[at]] = at;
            if (m.Previous[at] >= 0) Offer(m, ref size, m.Previous[at], at);
            if (m.Next[at] >= 0) Offer(m, ref size, at, m.Next[at]);
        }
    }

    private void Offer(MergeBuffers m, ref int size, int left, int right)
    {
        int rank = _merges.RankOf(m.Ids[left], m.Ids[right], out int result);
        if (rank == Never) return;
        if (size == m.Heap.Length) Array.Resize(ref m.Heap, Math.Max(256, size * 2));
        (long Key, int Result)[] heap = m.Heap;
        (long Key, int Result) item = ((long)rank << 31 | (uint)left, result);
        int i = size++;
        while (i > 0 && heap[(i - 1) / 2].Key > item.Key)
        {
            heap[i] = heap[(i - 1) / 2];
            i = (i - 1) / 2;
        }
        heap[i] = item;
    }

    private static (long Key, int Result) Pop((long Key, int Result)[] heap, ref int size)
    {
        (long Key, int Result) top = heap[0], item = heap[--size];
        int i = 0;
        while (true)
        {
            int child = 2 * i + 1;
            if (child >= size) break;
            if (child + 1 < size && heap[child + 1].Key < heap[child].Key) child++;
            if (heap[child].Key >= item.Key) break;
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = item;
        return top;
    }
}
