namespace LlmRec;

/// <summary>The best of dense scores: higher first, ties by lower index, −∞ never.</summary>
internal static class TopNSelection
{
    public static IReadOnlyList<IReadOnlyList<ScoredItem>> FromScores(IScoringModel model, IReadOnlyList<TopNRequest> requests, int count)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        IReadOnlyList<string> items = model.Items;
        int m = items.Count;
        float[] scores = new float[requests.Count * m];
        model.Score(requests, scores);
        var lists = new IReadOnlyList<ScoredItem>[requests.Count];
        int[] best = new int[Math.Min(count, m)];
        for (int r = 0; r < lists.Length; r++)
        {
            Span<float> row = scores.AsSpan(r * m, m);
            if (requests[r].Exclude.Count > 0)
            {
                var exclude = requests[r].Exclude as IReadOnlySet<string> ?? requests[r].Exclude.ToHashSet(StringComparer.Ordinal);
                for (int i = 0; i < m; i++)
                    if (exclude.Contains(items[i])) row[i] = float.NegativeInfinity;
            }
            int n = Best(row, best);
            var list = new ScoredItem[n];
            for (int i = 0; i < n; i++) list[i] = new(items[best[i]], row[best[i]]);
            lists[r] = list;
        }
        return lists;
    }

    /// <summary>Writes the indices of the largest scores, best first, and returns how many there are.</summary>
    public static int Best(ReadOnlySpan<float> scores, Span<int> best)
    {
        int n = 0, k = best.Length;
        if (k == 0) return 0;
        float worst = float.NegativeInfinity;   // a score must exceed it to enter; an equal one comes later and so ranks lower
        for (int i = 0; i < scores.Length; i++)
        {
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
}
