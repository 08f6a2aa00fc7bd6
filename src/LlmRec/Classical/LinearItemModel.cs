namespace LlmRec;

/// <summary>
/// A linear model over items: the score of item j for a history h is Σ a(i) · W(i, j) over the items i of h. A user is nothing but a
/// history, so an unseen one is served like one of the training, new events need no new fit, and a score falls apart into what each
/// item of the history gave.
/// </summary>
/// <remarks>
/// The history is the training events of the user's id, when it has any, and then the events of <see cref="UserContext.History"/>. Signs against an item, and items the model
/// does not know, are passed over. Scoring is O(history × row length) a user. Immutable and thread-safe; the same user gets the same scores alone and in a batch.
/// </remarks>
public abstract class LinearItemModel : IScoringModel
{
    private readonly ItemTastes _tastes;

    private protected LinearItemModel(ItemTastes tastes, ItemWeights weights, string name)
    {
        _tastes = tastes;
        Weights = weights;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Items => _tastes.Items;

    /// <summary>Memory the weights take, in bytes.</summary>
    public long WeightBytes => Weights.Bytes;

    internal ItemWeights Weights { get; }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(requests);
        int m = Items.Count;
        if (scores.Length < (long)requests.Count * m)
            throw new ArgumentException($"{requests.Count} users of {m} items need {(long)requests.Count * m} scores, but there is room for {scores.Length}", nameof(scores));
        for (int r = 0; r < requests.Count; r++)
        {
            Span<float> row = scores.Slice(r * m, m);
            row.Clear();
            foreach ((int item, float share) in _tastes.Of(requests[r].User)) Weights.AddRow(item, share, row);
        }
    }

    /// <summary>W(from, to): what an item of the history adds to the score of another; 0 when either is unknown.</summary>
    /// <param name="from">Id of the item in the history.</param>
    /// <param name="to">Id of the item to score.</param>
    public float WeightOf(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        int f = _tastes.IndexOf(from), t = _tastes.IndexOf(to);
        return f < 0 || t < 0 ? 0 : Weights.At(f, t);
    }

    /// <summary>The items that gain most from an item in the history, best first, itself left out; only positive weights, so the list may be shorter, and empty for an unknown item.</summary>
    /// <param name="item">The item's id.</param>
    /// <param name="count">Most items wanted, at least 1.</param>
    public IReadOnlyList<ScoredItem> Similar(string item, int count)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int from = _tastes.IndexOf(item);
        if (from < 0) return [];
        float[] row = new float[Items.Count];
        Weights.AddRow(from, 1, row);
        row[from] = 0;
        int[] best = new int[Math.Min(count, row.Length)];
        int n = TopNSelection.Best(row, best);
        return [.. best[..n].Where(i => row[i] > 0).Select(i => new ScoredItem(Items[i], row[i]))];
    }

    /// <summary>What each item of a user's history adds to the score of an item, largest first; parts of zero are left out. They sum to the score, up to rounding.</summary>
    /// <param name="user">The user.</param>
    /// <param name="item">Id of the item to explain; an unknown one has no parts.</param>
    public IReadOnlyList<ScoredItem> Explain(UserContext user, string item)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(item);
        int to = _tastes.IndexOf(item);
        if (to < 0) return [];
        var parts = new Dictionary<int, float>();
        foreach ((int from, float share) in _tastes.Of(user))
            parts[from] = parts.GetValueOrDefault(from) + share * Weights.At(from, to);
        return [.. parts.Where(p => p.Value != 0).OrderByDescending(p => p.Value).ThenBy(p => p.Key).Select(p => new ScoredItem(Items[p.Key], p.Value))];
    }
}
