namespace LlmRec;

/// <summary>
/// A rating is the mean of all, plus how generous the user is, plus how well the item is liked: μ + bᵤ + bᵢ.
/// Y. Koren, Factor in the neighbors: scalable and accurate collaborative filtering, ACM TKDD 4(1), 2010.
/// </summary>
/// <remarks>O(ratings) a pass. A user with ratings beyond the training is folded in: bᵤ = Σ (r − μ − bᵢ) / (shrinkage + n). Immutable and thread-safe.</remarks>
public sealed class BaselineRatingModel : IRatingModel
{
    private readonly RatingRows _rows;
    private readonly double _shrinkage;
    private readonly double[] _user, _item;

    private BaselineRatingModel(RatingRows rows, BaselineRatingOptions options, double[] user, double[] item)
    {
        _rows = rows;
        _shrinkage = options.UserShrinkage;
        _user = user;
        _item = item;
        Name = options.Method == BaselineMethod.GradientDescent ? "Baseline SGD" : "Baseline";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Mean of all training ratings.</summary>
    public double Mean => _rows.Mean;

    /// <summary>Every prediction lies within it.</summary>
    public RatingScale Scale => _rows.Scale;

    /// <summary>How far an item lies above the mean; 0 for an item never rated.</summary>
    public double ItemBaseline(string item) => _rows.ItemOf(item ?? throw new ArgumentNullException(nameof(item))) is >= 0 and int i ? _item[i] : 0;

    /// <summary>How far a training user rates above the mean; 0 for a user never seen.</summary>
    public double UserBaseline(string user) => _rows.UserOf(user ?? throw new ArgumentNullException(nameof(user))) is >= 0 and int u ? _user[u] : 0;

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items whose ratings count.</param>
    /// <param name="log">Training events; ratings with a value count, others do not.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentException">The log has no rating, or the scale is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static BaselineRatingModel Fit(Catalog catalog, InteractionLog log, BaselineRatingOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        var rows = new RatingRows(catalog, log, options.Scale);
        double[] user = new double[rows.Users], item = new double[rows.Items];
        int epochs = options.Epochs ?? (options.Method == BaselineMethod.GradientDescent ? 20 : 10);
        for (int e = 0; e < epochs; e++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (options.Method == BaselineMethod.GradientDescent) Descend(rows, options, user, item);
            else Alternate(rows, options, user, item);
            progress?.Report(new("fitting baselines", (e + 1.0) / epochs));
        }
        return new(rows, options, user, item);
    }

    private static void Alternate(RatingRows rows, BaselineRatingOptions options, double[] user, double[] item)
    {
        double[] sums = new double[item.Length];
        int[] counts = new int[item.Length];
        for (int u = 0; u < user.Length; u++)
        {
            ReadOnlySpan<int> items = rows.ItemsOf(u);
            ReadOnlySpan<float> values = rows.ValuesOf(u);
            for (int k = 0; k < items.Length; k++)
            {
                sums[items[k]] += values[k] - rows.Mean - user[u];
                counts[items[k]]++;
            }
        }
        for (int i = 0; i < item.Length; i++) item[i] = sums[i] / (options.ItemShrinkage + counts[i]);
        for (int u = 0; u < user.Length; u++)
        {
            ReadOnlySpan<int> items = rows.ItemsOf(u);
            ReadOnlySpan<float> values = rows.ValuesOf(u);
            double sum = 0;
            for (int k = 0; k < items.Length; k++) sum += values[k] - rows.Mean - item[items[k]];
            user[u] = sum / (options.UserShrinkage + items.Length);
        }
    }

    private static void Descend(RatingRows rows, BaselineRatingOptions options, double[] user, double[] item)
    {
        double rate = options.LearningRate, penalty = options.Regularisation;
        for (int u = 0; u < user.Length; u++)
        {
            ReadOnlySpan<int> items = rows.ItemsOf(u);
            ReadOnlySpan<float> values = rows.ValuesOf(u);
            for (int k = 0; k < items.Length; k++)
            {
                int i = items[k];
                double error = values[k] - (rows.Mean + user[u] + item[i]);
                user[u] += rate * (error - penalty * user[u]);
                item[i] += rate * (error - penalty * item[i]);
            }
        }
    }

    /// <inheritdoc/>
    public void Predict(UserContext user, IReadOnlyList<string> items, Span<float> ratings)
    {
        RatingRows.CheckRoom(user, items, ratings);
        double bu = 0;
        if (_rows.WithHistory(user) is { } all)
        {
            foreach ((int i, float value) in all) bu += value - _rows.Mean - _item[i];
            bu /= _shrinkage + all.Count;
        }
        else if (_rows.UserOf(user.Id) is >= 0 and int known)
        {
            bu = _user[known];
        }
        for (int k = 0; k < items.Count; k++) ratings[k] = _rows.Scale.Clip(_rows.Mean + bu + ItemBaseline(items[k]));
    }
}
