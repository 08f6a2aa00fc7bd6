using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// Explicit alternating least squares: what the baselines leave of a rating is the product of a user's and an item's vector, each solved exactly with the
/// other side held: x = (YᵀY + λ n I)⁻¹ Yᵀ(r − μ − bᵤ − bᵢ) over the n rated items. Y. Zhou, D. Wilkinson, R. Schreiber and R. Pan, Large-scale parallel
/// collaborative filtering for the Netflix prize, AAIM 2008.
/// </summary>
/// <remarks>
/// An iteration is O(ratings · f² + (users + items) · f³). Every user, trained or not, is folded in by the exact half step, so a prediction falls apart exactly into mean, user, item
/// and one part for each rating. An update solves the vectors of the items that the users concerned rated; forgetting is a new fit. float64. Immutable and thread-safe.
/// </remarks>
public sealed class RatingAlsModel : RatingModel
{
    internal const string KindName = "rating-als";

    private readonly RatingAlsOptions _options;
    private readonly double[] _bu, _bi, _y;   // Y (items, f)

    private RatingAlsModel(Training training, RatingRows rows, RatingAlsOptions options, double[] bu, double[] bi, double[] y)
        : base(FormattableString.Invariant($"ALS {options.Factors}"), training, rows)
    {
        _options = options;
        _bu = bu;
        _bi = bi;
        _y = y;
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items whose ratings count.</param>
    /// <param name="log">Training events; ratings with a value count, others do not.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentException">The log has no rating, or the scale is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static RatingAlsModel Fit(Catalog catalog, InteractionLog log, RatingAlsOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static RatingAlsModel Fit(Training training, RatingAlsOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var rows = new RatingRows(training, options.Scale);
        int f = options.Factors;
        (double[] bu, double[] bi) = Baselines(rows, options);
        double[] x = new double[checked(rows.Users * f)], y = SvdRatingModel.Normal(rows.Items, f, 0.1, options.Seed, 1);
        RatingLists byUser = RatingLists.ByUser(rows), byItem = RatingLists.ByItem(training, rows);
        for (int e = 0; e < options.Iterations; e++)
        {
            Solve(byUser, null, options, rows.Mean, bu, bi, y, x, cancellationToken);
            Solve(byItem, null, options, rows.Mean, bi, bu, x, y, cancellationToken);
            progress?.Report(new("factorising", (e + 1.0) / options.Iterations));
        }
        return new(training, rows, options, bu, bi, y);
    }

    private static (double[] User, double[] Item) Baselines(RatingRows rows, RatingAlsOptions options) =>
        BaselineRatingModel.Baselines(rows, new() { Epochs = 1, UserShrinkage = options.Damping, ItemShrinkage = options.Damping }, null, default);

    /// <summary>The half step for all x, or for some.</summary>
    private static void Solve(RatingLists lists, int[]? only, RatingAlsOptions options, double mean, double[] own, double[] other, double[] y, double[] x, CancellationToken cancellationToken)
    {
        int f = options.Factors;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads == 0 ? -1 : options.Threads, CancellationToken = cancellationToken };
        Parallel.For(0, only?.Length ?? lists.Count, parallel, () => new double[f * f], (n, _, a) =>
        {
            int r = only is null ? n : only[n];
            HalfStep(lists.OthersOf(r), lists.ValuesOf(r), options, mean + own[r], other, y, a, x.AsSpan(r * f, f));
            return a;
        }, static _ => { });
    }

    /// <summary>x of these ratings; <paramref name="a"/> then holds the factor of the equations.</summary>
    private static void HalfStep(ReadOnlySpan<int> others, ReadOnlySpan<float> values, RatingAlsOptions options, double from, double[] baselines, double[] y, double[] a, Span<double> x)
    {
        int f = options.Factors;
        x.Clear();
        a.AsSpan().Clear();
        double[] gathered = new double[others.Length * f];
        for (int k = 0; k < others.Length; k++)
        {
            Span<double> row = gathered.AsSpan(k * f, f);
            y.AsSpan(others[k] * f, f).CopyTo(row);
            TensorPrimitives.MultiplyAdd(row, values[k] - from - baselines[others[k]], x, x);
        }
        NormalEquations.AddOuterProducts(gathered, f, 1, a);
        for (int k = 0; k < f; k++) a[k * f + k] += options.Regularisation * Math.Max(1, others.Length);
        if (!NormalEquations.Factor(a, f)) throw new ArithmeticException($"the equations of {others.Length} ratings are singular: raise {nameof(RatingAlsOptions.Regularisation)} ({options.Regularisation})");
        NormalEquations.Solve(a, f, x);
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var rows = new RatingRows(training, _options.Scale);
        int f = _options.Factors;
        (double[] bu, double[] bi) = Baselines(rows, _options);
        double[] x = new double[rows.Users * f], y = new double[rows.Items * f];
        _y.CopyTo(y, 0);   // numbers go by first appearance: new items stand at the end
        int[] items = [.. changed.Select(u => rows.UserOf(training.Events.UserTable[u])).Where(u => u >= 0).SelectMany(u => rows.ItemsOf(u).ToArray()).Distinct().Order()];
        Solve(RatingLists.ByUser(rows), null, _options, rows.Mean, bu, bi, y, x, cancellationToken);
        Solve(RatingLists.ByItem(training, rows), items, _options, rows.Mean, bi, bu, x, y, cancellationToken);
        return new RatingAlsModel(training, rows, _options, bu, bi, y);
    }

    internal override FittedModel Grown(Training training) => new RatingAlsModel(training, Rows, _options, _bu, _bi, _y);

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        to.Tensors.Add("user.baselines", _bu);
        to.Tensors.Add("item.baselines", _bi);
        to.Tensors.Add("item.factors", _y, Rows.Items, _options.Factors);
    }

    internal static RatingAlsModel Open(OpenedModel file)
    {
        RatingAlsOptions options = RatingAlsOptions.Open(file);
        var rows = new RatingRows(file.Training, options.Scale);
        return new(file.Training, rows, options, file.Doubles("user.baselines", rows.Users), file.Doubles("item.baselines", rows.Items), file.Doubles("item.factors", rows.Items, options.Factors));
    }

    private protected override Func<int, double> PredictorOf(UserContext user)
    {
        (double bu, double[] x, _, _) = FoldIn(user);
        int f = _options.Factors;
        return i => Rows.Mean + bu + (i < 0 ? 0 : _bi[i] + TensorPrimitives.Dot<double>(x, _y.AsSpan(i * f, f)));
    }

    private protected override IEnumerable<ModelReason> PartsOf(UserContext user, int item)
    {
        (double bu, _, double[] a, List<(int Item, float Value)> ratings) = FoldIn(user);
        yield return new("mean", (float)Rows.Mean);
        yield return new("user", (float)bu);
        if (item < 0) yield break;
        yield return new("item", (float)_bi[item]);
        if (ratings.Count == 0) yield break;
        int f = _options.Factors;
        double[] w = _y[(item * f)..(item * f + f)];
        NormalEquations.Solve(a, f, w);
        foreach (IGrouping<int, (int Item, float Value)> of in ratings.GroupBy(r => r.Item))
            yield return ModelReason.Of(IdOf(of.Key), of.Sum(r => (r.Value - Rows.Mean - bu - _bi[r.Item]) * TensorPrimitives.Dot<double>(w, _y.AsSpan(r.Item * f, f))));
    }

    private protected override Func<int, float> LikenessTo(int item)
    {
        int f = _options.Factors;
        double norm = TensorPrimitives.Norm<double>(_y.AsSpan(item * f, f));
        return j =>
        {
            double product = norm * TensorPrimitives.Norm<double>(_y.AsSpan(j * f, f));
            return product > 0 ? (float)(TensorPrimitives.Dot<double>(_y.AsSpan(item * f, f), _y.AsSpan(j * f, f)) / product) : 0;
        };
    }

    /// <summary>bᵤ and x of any user, with the factored equations and the ratings behind them.</summary>
    private (double Bias, double[] X, double[] Equations, List<(int Item, float Value)> Ratings) FoldIn(UserContext user)
    {
        int f = _options.Factors;
        double[] x = new double[f], a = new double[f * f];
        List<(int Item, float Value)>? all = Rows.WithHistory(user);
        double bu = BaselineRatingModel.UserPart(Rows, user, _options.Damping, _bu, _bi);
        if (all is null && Rows.UserOf(user.Id) is >= 0 and int known) all = [.. Rows.ItemsOf(known).ToArray().Zip(Rows.ValuesOf(known).ToArray())];
        if (all is null) return (bu, x, a, []);
        HalfStep([.. all.Select(r => r.Item)], [.. all.Select(r => r.Value)], _options, Rows.Mean + bu, _bi, _y, a, x);
        return (bu, x, a, all);
    }
}
