namespace LlmRec;

/// <summary>A model that predicts ratings, and ranks by them.</summary>
/// <remarks>
/// Predictions are finite and lie within the scale; scores and explanations are of the same numbers before they are cut to it, so that what is better than the best rating
/// still ranks higher. Events of the kind <see cref="InteractionKind.Rating"/> with a value count, all others do not. See <see cref="FittedModel"/> for the rest.
/// </remarks>
public abstract class RatingModel : FittedModel, IRatingModel
{
    private readonly int[] _numbers;   // item → its number among the rated ones, or −1
    private readonly ColdItems? _cold;

    private protected RatingModel(string name, Training training, RatingRows rows) : this(name, training, rows, NumbersOf(training, rows))
    {
    }

    private RatingModel(string name, Training training, RatingRows rows, int[] numbers) : this(name, training, rows, numbers, ColdItems.Of(training, i => numbers[i] >= 0))
    {
    }

    private RatingModel(string name, Training training, RatingRows rows, int[] numbers, ColdItems? cold) : base(name, training, cold)
    {
        Rows = rows;
        _numbers = numbers;
        _cold = cold;
    }

    /// <summary>Every prediction lies within it.</summary>
    public RatingScale Scale => Rows.Scale;

    /// <summary>Mean of all training ratings.</summary>
    public double Mean => Rows.Mean;

    private protected RatingRows Rows { get; }

    /// <summary>The ratings of one user, ready to be predicted: takes the number of a rated item, or −1 for one that nobody rated.</summary>
    private protected abstract Func<int, double> PredictorOf(UserContext user);

    /// <summary>The parts of a prediction that is not cut to the scale.</summary>
    /// <param name="user">The user.</param>
    /// <param name="item">The number of a rated item, or −1.</param>
    private protected abstract IEnumerable<ModelReason> PartsOf(UserContext user, int item);

    /// <summary>How like a rated item another one is.</summary>
    private protected abstract Func<int, float> LikenessTo(int item);

    /// <summary>The id of a rated item.</summary>
    private protected string IdOf(int number) => Rows.ItemIds[number];

    /// <inheritdoc/>
    public void Predict(UserContext user, IReadOnlyList<string> items, Span<float> ratings)
    {
        RatingRows.CheckRoom(user, items, ratings);
        Func<int, double> predict = PredictorOf(user);
        for (int k = 0; k < items.Count; k++)
        {
            int i = Training.IndexOf(items[k]);
            double rating = i >= 0 && _cold?.IsCold(i) == true ? _cold.SharesOf(i).Sum(s => s.Share * predict(_numbers[s.Item])) : predict(i < 0 ? -1 : _numbers[i]);
            ratings[k] = Scale.Clip(double.IsFinite(rating) ? rating : Mean);   // a wild history may overflow what it is folded into
        }
    }

    private protected sealed override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        int m = Items.Count;
        for (int r = 0; r < requests.Count; r++)
        {
            Func<int, double> predict = PredictorOf(requests[r].User);
            double unrated = predict(-1);
            for (int i = 0; i < m; i++)
            {
                float score = (float)(_numbers[i] < 0 ? unrated : predict(_numbers[i]));
                scores[r * m + i] = float.IsFinite(score) ? score : (float)Mean;
            }
        }
    }

    private protected sealed override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item) => PartsOf(user, _numbers[item]);

    private protected sealed override void SimilarTo(int item, Span<float> similarities)
    {
        if (_numbers[item] < 0) return;
        Func<int, float> likeness = LikenessTo(_numbers[item]);
        for (int j = 0; j < similarities.Length; j++)
            if (_numbers[j] >= 0) similarities[j] = likeness(_numbers[j]);
    }

    private static int[] NumbersOf(Training training, RatingRows rows) => [.. training.Items.Select(rows.ItemOf)];
}
