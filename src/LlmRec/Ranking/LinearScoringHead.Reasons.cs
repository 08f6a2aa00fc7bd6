namespace LlmRec;

public sealed partial class LinearScoringHead
{
    /// <summary>How much of an item's score each event of the history is behind: the contributions of co-occurrence, item-KNN and cosine, shared out by what each place adds to the sums under them.</summary>
    /// <param name="user">The user.</param>
    /// <param name="item">The item's handle.</param>
    /// <param name="contributions">The item's contributions as <see cref="Rank"/> gave them.</param>
    /// <param name="places">Receives a value a place of the history, newest first; its length is at least the history's.</param>
    /// <remarks>The values sum to those contributions whose feature matched anything.</remarks>
    internal void HistoryShares(UserProfile user, int item, ReadOnlySpan<float> contributions, Span<float> places)
    {
        int n = user.Count;
        if (places.Length < n) throw new ArgumentException($"a history of {n} needs as many places, not {places.Length}", nameof(places));
        places.Clear();
        Span<float> shares = n <= 512 ? stackalloc float[n] : new float[n];
        for (int f = 0; f < _features.Length; f++)
        {
            if (contributions[f] == 0 || _features[f] is not IHistoryFeature feature) continue;
            feature.Shares(user, item, shares);
            for (int r = 0; r < n; r++) places[r] += contributions[f] * shares[r];
        }
    }
}
