using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// Ratings by factors: SVD as known from the Netflix prize, r ≈ μ + bᵤ + bᵢ + qᵢ·pᵤ (S. Funk, Netflix update: try this at home, 2006), or SVD++,
/// where what a user rated counts too (Y. Koren, Factorization meets the neighborhood, KDD 2008); see <see cref="SvdRatingOptions.PlusPlus"/>.
/// </summary>
/// <remarks>
/// A pass is O(ratings · f) for both: SVD++ does not need the square of a user's ratings, since a rating moves all of that user's implicit
/// vectors alike. A user with ratings beyond the training is folded in by the same descent with the items held, O(passes · ratings · f).
/// Deterministic, on one thread. float64.
/// A prediction falls apart into the mean, the user's and the item's baselines, what each rating of the user does to the user's vector when it is folded in, and, for a trained user, what the training did
/// otherwise. Without biases (<see cref="SvdRatingOptions.Biased"/>) the product alone is the rating, and the mean stands in where user or item has none. An update descends over the ratings of the users concerned only; forgetting is a new fit. Immutable and thread-safe.
/// </remarks>
public sealed class SvdRatingModel : RatingModel
{
    internal const string KindName = "svd-rating";

    private readonly SvdRatingOptions _options;
    private readonly double[] _bu, _bi;
    private readonly double[] _p, _q;      // P (users, f), Q (items, f)
    private readonly double[]? _y;         // Y (items, f)
    private readonly double[] _whole;      // P + s (users, f)

    private SvdRatingModel(Training training, RatingRows rows, SvdRatingOptions options, double[] bu, double[] bi, double[] p, double[] q, double[]? y)
        : base(FormattableString.Invariant($"{(y is null ? "SVD" : "SVD++")} {options.Factors}{(options.Biased ? "" : " without biases")}"), training, rows)
    {
        _options = options;
        _bu = bu;
        _bi = bi;
        _p = p;
        _q = q;
        _y = y;
        _whole = p;
        if (y is null) return;
        int f = options.Factors;
        _whole = [.. p];
        double[] s = new double[f];
        for (int u = 0; u < rows.Users; u++)
        {
            RatingDescent.Feedback(rows.ItemsOf(u), y, s);
            TensorPrimitives.Add(_whole.AsSpan(u * f, f), s, _whole.AsSpan(u * f, f));
        }
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items whose ratings count.</param>
    /// <param name="log">Training events; ratings with a value count, others do not.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentException">The log has no rating, or the scale is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArithmeticException">The descent diverged: the step is too long for these ratings.</exception>
    public static SvdRatingModel Fit(Catalog catalog, InteractionLog log, SvdRatingOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static SvdRatingModel Fit(Training training, SvdRatingOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var rows = new RatingRows(training, options.Scale);
        int f = options.Factors;
        double[] bu = new double[rows.Users], bi = new double[rows.Items];
        double[] p = Normal(rows.Users, options.Factors, options.InitialDeviation, options.Seed, 0), q = Normal(rows.Items, options.Factors, options.InitialDeviation, options.Seed, 1);
        double[]? y = options.ImplicitFeedback ? Normal(rows.Items, options.Factors, options.InitialDeviation, options.Seed, 2) : null;
        Descend(rows, [.. Enumerable.Range(0, rows.Users)], options, bu, bi, p, q, y, progress, cancellationToken);
        return new(training, rows, options, bu, bi, p, q, y);
    }

    /// <summary>Passes over the ratings of some users.</summary>
    private static void Descend(RatingRows rows, int[] users, SvdRatingOptions options, double[] bu, double[] bi, double[] p, double[] q, double[]? y, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        int f = options.Factors;
        var descent = new RatingDescent(options, rows.Mean);
        for (int e = 0; e < options.Epochs; e++)
        {
            for (int n = 0; n < users.Length; n++)
            {
                if ((n & 0xFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                int u = users[n];
                descent.Pass(rows.ItemsOf(u), rows.ValuesOf(u), ref bu[u], p.AsSpan(u * f, f), bi, q, y);
            }
            if (!double.IsFinite(TensorPrimitives.SumOfSquares<double>(q)) || !double.IsFinite(TensorPrimitives.SumOfSquares<double>(p)) || !double.IsFinite(TensorPrimitives.SumOfSquares<double>(bi)))
                throw new ArithmeticException($"the descent diverged in pass {e + 1}: lower {nameof(SvdRatingOptions.LearningRate)} ({options.LearningRate}) or bring the ratings, which lie between {rows.Scale.Lowest} and {rows.Scale.Highest}, to a shorter scale");
            progress?.Report(new("factorising", (e + 1.0) / options.Epochs));
        }
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var rows = new RatingRows(training, _options.Scale);
        int f = _options.Factors;
        // numbers go by first appearance, so what is new stands at the end; it starts as in a fit
        double[] p = Normal(rows.Users, f, _options.InitialDeviation, _options.Seed, 0), q = Normal(rows.Items, f, _options.InitialDeviation, _options.Seed, 1), bu = new double[rows.Users], bi = new double[rows.Items];
        double[]? y = _y is null ? null : Normal(rows.Items, f, _options.InitialDeviation, _options.Seed, 2);
        _p.CopyTo(p, 0);
        _q.CopyTo(q, 0);
        _bu.CopyTo(bu, 0);
        _bi.CopyTo(bi, 0);
        if (y is not null) _y!.CopyTo(y, 0);
        int[] users = [.. changed.Select(u => rows.UserOf(training.Events.UserTable[u])).Where(u => u >= 0).Order()];
        Descend(rows, users, _options, bu, bi, p, q, y, progress, cancellationToken);
        return new SvdRatingModel(training, rows, _options, bu, bi, p, q, y);
    }

    internal override FittedModel Grown(Training training) => new SvdRatingModel(training, Rows, _options, _bu, _bi, _p, _q, _y);

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        to.Tensors.Add("user.baselines", _bu);
        to.Tensors.Add("item.baselines", _bi);
        to.Tensors.Add("user.factors", _p, Rows.Users, _options.Factors);
        to.Tensors.Add("item.factors", _q, Rows.Items, _options.Factors);
        if (_y is not null) to.Tensors.Add("item.feedback", _y, Rows.Items, _options.Factors);
    }

    internal static SvdRatingModel Open(OpenedModel file)
    {
        SvdRatingOptions options = SvdRatingOptions.Open(file);
        var rows = new RatingRows(file.Training, options.Scale);
        int f = options.Factors, n = rows.Users, m = rows.Items;
        return new(file.Training, rows, options, file.Doubles("user.baselines", n), file.Doubles("item.baselines", m), file.Doubles("user.factors", n, f), file.Doubles("item.factors", m, f),
            options.ImplicitFeedback ? file.Doubles("item.feedback", m, f) : null);
    }

    private protected override Func<int, double> PredictorOf(UserContext user)
    {
        (double bu, double[]? p, _) = UserOf(user, apart: false);
        int f = _options.Factors;
        if (!_options.Biased) return i => i < 0 || p is null ? Rows.Mean : TensorPrimitives.Dot<double>(p, _q.AsSpan(i * f, f));
        return i => Rows.Mean + bu + (i < 0 ? 0 : _bi[i] + (p is null ? 0 : TensorPrimitives.Dot<double>(p, _q.AsSpan(i * f, f))));
    }

    private protected override IEnumerable<ModelReason> PartsOf(UserContext user, int item)
    {
        (double bu, double[]? p, List<(int Item, double[] Part)> parts) = UserOf(user, apart: true);
        if (_options.Biased || item < 0 || p is null) yield return new("mean", (float)Rows.Mean);
        yield return new("user", (float)bu);
        if (item < 0) yield break;
        yield return new("item", (float)_bi[item]);
        if (p is null) yield break;
        int f = _options.Factors;
        double rest = TensorPrimitives.Dot<double>(p, _q.AsSpan(item * f, f));
        foreach (IGrouping<int, (int Item, double[] Part)> of in parts.GroupBy(r => r.Item))
        {
            double part = of.Sum(r => TensorPrimitives.Dot<double>(r.Part, _q.AsSpan(item * f, f)));
            rest -= part;
            yield return ModelReason.Of(IdOf(of.Key), part);
        }
        yield return new("training", (float)rest);
    }

    private protected override Func<int, float> LikenessTo(int item)
    {
        int f = _options.Factors;
        double norm = TensorPrimitives.Norm<double>(_q.AsSpan(item * f, f));
        return j =>
        {
            double product = norm * TensorPrimitives.Norm<double>(_q.AsSpan(j * f, f));
            return product > 0 ? (float)(TensorPrimitives.Dot<double>(_q.AsSpan(item * f, f), _q.AsSpan(j * f, f)) / product) : 0;
        };
    }

    /// <summary>bᵤ and p + s of any user, null for one without ratings, and with <paramref name="apart"/> what each rating of the user did to it in a fold-in.</summary>
    private (double Bias, double[]? Vector, List<(int Item, double[] Part)> Parts) UserOf(UserContext user, bool apart)
    {
        int f = _options.Factors;
        double[] p = new double[f];
        List<(int, double[])> parts = [];
        var descent = new RatingDescent(_options, Rows.Mean);
        if (Rows.WithHistory(user) is { } all) return (descent.FoldIn(all, _bi, _q, _y, p, apart ? parts : null), p, parts);
        if (Rows.UserOf(user.Id) is not (>= 0 and int known)) return (0, null, parts);
        if (apart) descent.FoldIn([.. Rows.ItemsOf(known).ToArray().Zip(Rows.ValuesOf(known).ToArray())], _bi, _q, _y, p, parts);
        return (_bu[known], _whole[(known * f)..((known + 1) * f)], parts);
    }

    /// <summary>Normal values by the polar form of Box and Muller.</summary>
    internal static double[] Normal(int rows, int factors, double deviation, int seed, int stream)
    {
        var random = SplitMix.Of(seed, stream);
        double[] x = new double[checked(rows * factors)];
        for (int i = 0; i < x.Length; i += 2)
        {
            double radius = deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            x[i] = radius * cosine;
            if (i + 1 < x.Length) x[i + 1] = radius * sine;
        }
        return x;
    }
}
