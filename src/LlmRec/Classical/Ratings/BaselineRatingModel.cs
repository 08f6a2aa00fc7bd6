namespace LlmRec;

/// <summary>
/// A rating is the mean of all, plus how generous the user is, plus how well the item is liked: μ + bᵤ + bᵢ.
/// Y. Koren, Factor in the neighbors: scalable and accurate collaborative filtering, ACM TKDD 4(1), 2010.
/// </summary>
/// <remarks>O(ratings) a pass. A user with ratings beyond the training is folded in: bᵤ = Σ (r − μ − bᵢ) / (shrinkage + n). Updating and forgetting are a new fit. Immutable and thread-safe.</remarks>
public sealed class BaselineRatingModel : RatingModel
{
    internal const string KindName = "baseline-rating";

    private readonly BaselineRatingOptions _options;
    private readonly double[] _user, _item;

    private BaselineRatingModel(Training training, RatingRows rows, BaselineRatingOptions options, double[] user, double[] item)
        : base(options.Method == BaselineMethod.GradientDescent ? "Baseline SGD" : "Baseline", training, rows)
    {
        _options = options;
        _user = user;
        _item = item;
    }

    /// <summary>How far an item lies above the mean; 0 for an item never rated.</summary>
    public double ItemBaseline(string item) => Rows.ItemOf(item ?? throw new ArgumentNullException(nameof(item))) is >= 0 and int i ? _item[i] : 0;

    /// <summary>How far a training user rates above the mean; 0 for a user never seen.</summary>
    public double UserBaseline(string user) => Rows.UserOf(user ?? throw new ArgumentNullException(nameof(user))) is >= 0 and int u ? _user[u] : 0;

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
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static BaselineRatingModel Fit(Training training, BaselineRatingOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var rows = new RatingRows(training, options.Scale);
        (double[] user, double[] item) = Baselines(rows, options, progress, cancellationToken);
        return new(training, rows, options, user, item);
    }

    /// <summary>bᵤ and bᵢ.</summary>
    internal static (double[] User, double[] Item) Baselines(RatingRows rows, BaselineRatingOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        double[] user = new double[rows.Users], item = new double[rows.Items];
        int epochs = options.Epochs ?? (options.Method == BaselineMethod.GradientDescent ? 20 : 10);
        for (int e = 0; e < epochs; e++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (options.Method == BaselineMethod.GradientDescent) Descend(rows, options, user, item);
            else Alternate(rows, options, user, item);
            progress?.Report(new("fitting baselines", (e + 1.0) / epochs));
        }
        return (user, item);
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

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Grown(Training training) => new BaselineRatingModel(training, Rows, _options, _user, _item);

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        to.Tensors.Add("user.baselines", _user);
        to.Tensors.Add("item.baselines", _item);
    }

    internal static BaselineRatingModel Open(OpenedModel file)
    {
        BaselineRatingOptions options = BaselineRatingOptions.Open(file);
        var rows = new RatingRows(file.Training, options.Scale);
        return new(file.Training, rows, options, file.Doubles("user.baselines", rows.Users), file.Doubles("item.baselines", rows.Items));
    }

    private protected override Func<int, double> PredictorOf(UserContext user)
    {
        double bu = UserPart(user);
        return i => Rows.Mean + bu + (i < 0 ? 0 : _item[i]);
    }

    private protected override IEnumerable<ModelReason> PartsOf(UserContext user, int item) =>
        [new("mean", (float)Rows.Mean), new("user", (float)UserPart(user)), new("item", item < 0 ? 0 : (float)_item[item])];

    /// <summary>Baselines say nothing of likeness.</summary>
    private protected override Func<int, float> LikenessTo(int item) => static _ => 0;

    private double UserPart(UserContext user) => UserPart(Rows, user, _options.UserShrinkage, _user, _item);

    /// <summary>bᵤ of any user: as trained, or folded in when the history adds ratings.</summary>
    internal static double UserPart(RatingRows rows, UserContext user, double shrinkage, double[] users, double[] items)
    {
        if (rows.WithHistory(user) is { } all)
        {
            double sum = 0;
            foreach ((int i, float value) in all) sum += value - rows.Mean - items[i];
            return sum / (shrinkage + all.Count);
        }
        return rows.UserOf(user.Id) is >= 0 and int known ? users[known] : 0;
    }
}
