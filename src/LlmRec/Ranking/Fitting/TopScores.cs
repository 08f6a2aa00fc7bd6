namespace LlmRec;

/// <summary>The places of the largest scores.</summary>
internal static class TopScores
{
    /// <summary>Selects the k largest, best first, ties by lower place.</summary>
    /// <param name="scores">n scores, not NaN.</param>
    /// <param name="places">Receives the places; its length is k.</param>
    /// <returns>The smaller of n and k.</returns>
    public static int Select(ReadOnlySpan<float> scores, Span<int> places) => Select(scores, [], places);

    /// <summary>Selects the k largest, best first, ties by lower id.</summary>
    /// <param name="scores">n scores, not NaN.</param>
    /// <param name="ids">n distinct ids in any order; empty: the places themselves.</param>
    /// <param name="places">Receives the places; its length is k.</param>
    /// <returns>The smaller of n and k.</returns>
    public static int Select(ReadOnlySpan<float> scores, ReadOnlySpan<int> ids, Span<int> places)
    {
        int k = Math.Min(scores.Length, places.Length);
        if (k == 0) return 0;
        Span<int> heap = places[..k];   // the worst kept at the root
        for (int i = 0; i < k; i++) heap[i] = i;
        for (int i = k / 2 - 1; i >= 0; i--) Sink(heap, i, scores, ids);
        float worst = scores[heap[0]];
        for (int i = k; i < scores.Length; i++)
        {
            if (scores[i] < worst || !Before(i, heap[0], scores, ids)) continue;
            heap[0] = i;
            Sink(heap, 0, scores, ids);
            worst = scores[heap[0]];
        }
        for (int end = k - 1; end > 0; end--)
        {
            (heap[0], heap[end]) = (heap[end], heap[0]);
            Sink(heap[..end], 0, scores, ids);
        }
        return k;
    }

    private static bool Before(int a, int b, ReadOnlySpan<float> scores, ReadOnlySpan<int> ids) =>
        scores[a] > scores[b] || (scores[a] == scores[b] && (ids.IsEmpty ? a < b : ids[a] < ids[b]));

    private static void Sink(Span<int> heap, int i, ReadOnlySpan<float> scores, ReadOnlySpan<int> ids)
    {
        while (true)
        {
            int child = 2 * i + 1;
            if (child >= heap.Length) return;
            if (child + 1 < heap.Length && Before(heap[child], heap[child + 1], scores, ids)) child++;
            if (!Before(heap[i], heap[child], scores, ids)) return;
            (heap[i], heap[child]) = (heap[child], heap[i]);
            i = child;
        }
    }
}
