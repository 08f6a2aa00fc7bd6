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

    private readonly int? _voters;   // of how many items of the history a candidate takes the sum; null for all

    private protected LinearItemModel(string name, Training training, ItemTastes tastes, ItemWeights weights, int? voters = null)
        : this(name, training, tastes, weights, voters, ColdItems.Of(training, tastes.Occurs))
    {
    }

    private LinearItemModel(string name, Training training, ItemTastes tastes, ItemWeights weights, int? voters, ColdItems? cold) : base(name, training, cold)
    {
        _voters = voters;
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
            if (_voters is { } voters) Vote(requests[r].User, voters, row);
            else foreach ((_, int item, float share) in SharesOf(requests[r].User)) Weights.AddRow(item, share, row);
        }
    }

    private void Vote(UserContext user, int voters, Span<float> scores)
    {
        int m = scores.Length;
        float[] parts = new float[m], best = new float[m * voters];   // (m, voters), each largest first
        foreach ((_, int item, float share) in SharesOf(user))
        {
            Weights.AddRow(item, share, parts);
            for (int j = 0; j < m; j++)
            {
                float part = parts[j];
                Span<float> row = best.AsSpan(j * voters, voters);
                if (!(part > row[^1])) continue;
                int at = voters - 1;
                for (; at > 0 && row[at - 1] < part; at--) row[at] = row[at - 1];
                row[at] = part;
            }
            Array.Clear(parts);
        }
        for (int j = 0; j < m; j++)
            for (int k = 0; k < voters; k++) scores[j] += best[j * voters + k];
    }

    private protected sealed override void SimilarTo(int item, Span<float> similarities) => Weights.AddRow(item, 1, similarities);

    private protected sealed override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item)
    {
        IEnumerable<(int Origin, double Part)> parts = SharesOf(user).Select(s => (s.Origin, s.Share * Weights.At(s.Item, item)));
        if (_voters is { } voters) parts = parts.OrderByDescending(p => p.Part).Take(voters);
        return parts.GroupBy(p => p.Origin).OrderBy(g => g.Key).Select(g => ModelReason.Of(Items[g.Key], g.Sum(p => p.Part)));
    }

    /// <summary>The items that speak for a user with their shares: those of the history, cold ones replaced by the items most like them.</summary>
    private IEnumerable<(int Origin, int Item, float Share)> SharesOf(UserContext user)
    {
        foreach ((int item, float share) in _tastes.Of(user))
        {
            if (_cold?.IsCold(item) != true) yield return (item, item, share);
            else foreach ((int like, float part) in _cold.SharesOf(item)) yield return (item, like, share * part);
        }
    }
}
