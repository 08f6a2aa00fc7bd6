namespace LlmRec;

/// <summary>
/// A linear model over items: the score of item j for a history h is Σ a(i) · W(i, j) over the items i of h. A user is nothing but a
/// history, so an unseen one is served like one of the training, and a score falls apart into what each item of the history gave.
/// </summary>
/// <remarks>
/// Signs against an item, and items the model does not know, are passed over. With texts (<see cref="FittedModelExtensions.WithItemsAsync"/>) a cold item in a
/// history stands for the items most like it. Scoring is O(history × row length) a user. Immutable and thread-safe; the same user gets the same scores alone
/// and in a batch.
/// </remarks>
public abstract class LinearItemModel : FittedModel
{
    private readonly ItemTastes _tastes;
    private readonly ColdItems? _cold;

    private protected LinearItemModel(string name, Training training, ItemTastes tastes, ItemWeights weights)
        : this(name, training, tastes, weights, ColdItems.Of(training, tastes.Occurs))
    {
    }

    private LinearItemModel(string name, Training training, ItemTastes tastes, ItemWeights weights, ColdItems? cold) : base(name, training, cold)
    {
        _tastes = tastes;
        _cold = cold;
        Weights = weights;
    }

    /// <summary>Memory the weights take, in bytes.</summary>
    public long WeightBytes => Weights.Bytes;

    internal ItemWeights Weights { get; }

    /// <summary>W(from, to): what an item of the history adds to the score of another; 0 when either is unknown.</summary>
    /// <param name="from">Id of the item in the history.</param>
    /// <param name="to">Id of the item to score.</param>
    public double WeightOf(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        int f = Training.IndexOf(from), t = Training.IndexOf(to);
        return f < 0 || t < 0 ? 0 : Weights.At(f, t);
    }

    private protected sealed override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        int m = Items.Count;
        for (int r = 0; r < requests.Count; r++)
        {
            Span<float> row = scores.Slice(r * m, m);
            row.Clear();
            foreach ((int item, float share) in SharesOf(requests[r].User)) Weights.AddRow(item, share, row);
        }
    }

    private protected sealed override void SimilarTo(int item, Span<float> similarities) => Weights.AddRow(item, 1, similarities);

    private protected sealed override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item)
    {
        var parts = new SortedDictionary<int, double>();
        foreach ((int from, float share) in _tastes.Of(user))
        {
            double part = _cold?.IsCold(from) == true ? _cold.SharesOf(from).Sum(s => s.Share * Weights.At(s.Item, item)) : Weights.At(from, item);
            parts[from] = parts.GetValueOrDefault(from) + share * part;
        }
        return parts.Select(p => ModelReason.Of(Items[p.Key], p.Value));
    }

    private IEnumerable<(int Item, float Share)> SharesOf(UserContext user) => _cold is null ? _tastes.Of(user)
        : _tastes.Of(user).SelectMany(s => _cold.IsCold(s.Item) ? _cold.SharesOf(s.Item).Select(c => (c.Item, s.Share * c.Share)) : [s]);
}
