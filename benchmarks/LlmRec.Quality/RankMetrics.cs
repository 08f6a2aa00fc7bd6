namespace LlmRec.Quality;

/// <summary>NDCG@10 and HR@10 over users, each with one wanted item.</summary>
internal sealed class RankMetrics
{
    private int _users, _hits;
    private double _gain;

    public double Ndcg => _gain / Math.Max(1, _users);

    public double HitRate => (double)_hits / Math.Max(1, _users);

    public void Add(int rank)
    {
        _users++;
        if (rank > 10) return;
        _hits++;
        _gain += 1 / Math.Log2(rank + 1.0);
    }

    /// <summary>1 + the items that score higher, or equal at a lower place.</summary>
    public static int RankOf(int target, ReadOnlySpan<float> scores)
    {
        int rank = 1;
        for (int i = 0; i < scores.Length; i++)
            if (scores[i] > scores[target] || (scores[i] == scores[target] && i < target)) rank++;
        return rank;
    }
}
