namespace LlmRec;

/// <summary>
/// Ratings by nearest neighbours: what a user's ratings of similar items say of an item, or what similar users gave it. P. Resnick et al., GroupLens,
/// CSCW 1994; B. Sarwar et al., Item-based collaborative filtering recommendation algorithms, WWW 2001; with baselines Y. Koren, ACM TKDD 4(1), 2010.
/// </summary>
/// <remarks>
/// Of those who rated the item (or of what the user rated) the most similar speak, of equally similar ones those whose rating came first, and only those more similar than the limit; with nobody left the
/// prediction is what the method starts from. A user or an item never seen gets the mean of all, or with baselines what is known of them. A user with ratings beyond the training is folded in:
/// compared anew, or with the new ratings among the neighbours. Fitting is O(Σ n²) over the ratings of the other side. Updating and forgetting are a new fit. Immutable and thread-safe.
/// </remarks>
public sealed partial class RatingKnnModel : RatingModel
{
    internal const string KindName = "rating-knn";

    private readonly RatingKnnOptions _options;
    private readonly RatingLists _byItem;
    private readonly RatingSimilarities _similarity;
    private readonly (int[] Ids, double[] Values)[] _rows;
    private readonly double[] _bu, _bi;                 // empty when they are not needed
    private readonly double[] _means, _deviations;      // of users or items, whichever are compared
    private readonly double _deviation;

    private RatingKnnModel(Training training, RatingRows rows, RatingKnnOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
        : base(FormattableString.Invariant($"KNN {options.Method} {(options.ItemBased ? "items" : "users")} {options.Similarity}"), training, rows)
    {
        _options = options;
        (_bu, _bi) = options.NeedsBaselines ? BaselineRatingModel.Baselines(rows, options.Baselines, progress, cancellationToken) : ([], []);
        RatingLists byUser = RatingLists.ByUser(rows);
        _byItem = RatingLists.ByItem(training, rows);
        (RatingLists mine, RatingLists theirs) = options.ItemBased ? (_byItem, byUser) : (byUser, _byItem);
        (double[] own, double[] other) = options.ItemBased ? (_bi, _bu) : (_bu, _bi);
        _similarity = new(mine, theirs, options, rows.Mean, own, other);
        _rows = _similarity.All(options.Threads, progress, cancellationToken);
        double all = 0;
        for (int u = 0; u < rows.Users; u++)
            foreach (float r in rows.ValuesOf(u)) all += (r - rows.Mean) * (r - rows.Mean);
        _deviation = Math.Sqrt(all / rows.Count);
        _means = new double[mine.Count];
        _deviations = new double[mine.Count];
        for (int x = 0; x < mine.Count; x++) (_means[x], _deviations[x]) = Spread(mine.ValuesOf(x));
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items whose ratings count.</param>
    /// <param name="log">Training events; ratings with a value count, others do not.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentException">The log has no rating, or the scale is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static RatingKnnModel Fit(Catalog catalog, InteractionLog log, RatingKnnOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        Training training = Training.From(catalog, log);
        return new(training, new RatingRows(training, options.Scale), options, progress, cancellationToken);
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        new RatingKnnModel(training, new RatingRows(training, _options.Scale), _options, progress, cancellationToken);

    // similarities follow from the ratings, which are saved
    internal override void Save(SavedModel to) => _options.Save(to);

    internal static RatingKnnModel Open(OpenedModel file)
    {
        RatingKnnOptions options = RatingKnnOptions.Open(file);
        return new(file.Training, new RatingRows(file.Training, options.Scale), options, null, default);
    }

    /// <summary>The similarities of x to some of its side, 0 where they are not above the limit.</summary>
    internal double SimilarityOf(int x, int other) => Array.BinarySearch(_rows[x].Ids, other) is >= 0 and int at ? _rows[x].Values[at] : 0;

    private protected override Func<int, float> LikenessTo(int item)
    {
        RatingSimilarities items = _options.ItemBased ? _similarity : new(_byItem, RatingLists.ByUser(Rows), _options, Rows.Mean, _bi, _bu);
        (int[] ids, double[] values) = _options.ItemBased ? _rows[item] : items.RowOf(item);
        return j => Array.BinarySearch(ids, j) is >= 0 and int at ? (float)values[at] : 0;
    }

    /// <summary>Mean and population deviation; a deviation of 0 becomes that of all ratings.</summary>
    private (double Mean, double Deviation) Spread(ReadOnlySpan<float> values)
    {
        double mean = 0, squares = 0;
        foreach (float r in values) mean += r;
        mean /= values.Length;
        foreach (float r in values) squares += (r - mean) * (r - mean);
        return (mean, squares > 0 ? Math.Sqrt(squares / values.Length) : _deviation);
    }
}
