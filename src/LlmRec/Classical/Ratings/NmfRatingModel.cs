using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// Ratings by non-negative matrix factorisation: r ≈ qᵢ·pᵤ with factors that never fall below 0, so that a prediction is a sum of tastes of which none takes anything
/// away; with <see cref="NmfRatingOptions.Biased"/> r ≈ μ + bᵤ + bᵢ + qᵢ·pᵤ. X. Luo, M. Zhou, Y. Xia and Q. Zhu, An efficient non-negative matrix-factorization-based
/// approach to collaborative filtering for recommender systems, IEEE Transactions on Industrial Informatics 10 (2014).
/// </summary>
/// <remarks>
/// A pass is O(ratings · f): all users and all items take the multiplicative step at once, from the same values. Every user with ratings beyond the training is
/// folded in by the same steps with the items held. Ratings are at least 0. Without biases the mean stands in where user or item has no rating. Deterministic, on one thread. float64.
/// A prediction falls apart into what each rating of the user holds of each factor (its share of Σ r q, as in the step), besides mean, user and item when there are biases.
/// An update takes steps for the users concerned and the items they rated only, over all ratings of these; forgetting is a new fit. Immutable and thread-safe.
/// </remarks>
public sealed class NmfRatingModel : RatingModel
{
    internal const string KindName = "nmf-rating";

    private readonly NmfRatingOptions _options;
    private readonly double[] _bu, _bi;
    private readonly double[] _p, _q;   // P (users, f), Q (items, f)

    private NmfRatingModel(Training training, RatingRows rows, NmfRatingOptions options, double[] bu, double[] bi, double[] p, double[] q)
        : base(FormattableString.Invariant($"NMF {options.Factors}{(options.Biased ? " with biases" : "")}"), training, rows)
    {
        _options = options;
        _bu = bu;
        _bi = bi;
        _p = p;
        _q = q;
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items whose ratings count.</param>
    /// <param name="log">Training events; ratings with a value count, others do not.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentException">The log has no rating or one below 0, or the scale is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static NmfRatingModel Fit(Catalog catalog, InteractionLog log, NmfRatingOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static NmfRatingModel Fit(Training training, NmfRatingOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        RatingRows rows = RowsOf(training, options);
        double[] p = Even(rows.Users, options, 0), q = Even(rows.Items, options, 1), bu = new double[rows.Users], bi = new double[rows.Items];
        int[] users = [.. Enumerable.Range(0, rows.Users)], items = [.. Enumerable.Range(0, rows.Items)];
        Descend(training, rows, users, items, options, bu, bi, p, q, progress, cancellationToken);
        return new(training, rows, options, bu, bi, p, q);
    }

    private static RatingRows RowsOf(Training training, NmfRatingOptions options)
    {
        var rows = new RatingRows(training, options.Scale);
        for (int u = 0; u < rows.Users; u++)
            foreach (float r in rows.ValuesOf(u))
                if (r < 0) throw new ArgumentException($"user '{rows.UserIds[u]}' gave the rating {r}, but non-negative factors make no rating below 0: shift the scale, or take {nameof(SvdRatingModel)}", nameof(training));
        return rows;
    }

    /// <summary>Passes in which some users and some items move.</summary>
    private static void Descend(Training training, RatingRows rows, int[] users, int[] items, NmfRatingOptions options, double[] bu, double[] bi, double[] p, double[] q, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        RatingLists byUser = RatingLists.ByUser(rows), byItem = RatingLists.ByItem(training, rows);
        double[] movedP = [.. p], movedQ = [.. q];
        double mean = options.Biased ? rows.Mean : 0;
        for (int e = 0; e < options.Epochs; e++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (options.Biased) DescendBiases(byUser, users, options, mean, bu, bi, p, q);
            Step(byUser, users, options, mean, bu, bi, p, q, movedP);
            Step(byItem, items, options, mean, bi, bu, q, p, movedQ);
            movedP.CopyTo(p, 0);
            movedQ.CopyTo(q, 0);
            progress?.Report(new("factorising", (e + 1.0) / options.Epochs));
        }
    }

    private static void DescendBiases(RatingLists byUser, int[] users, NmfRatingOptions options, double mean, double[] bu, double[] bi, double[] p, double[] q)
    {
        int f = options.Factors;
        double rate = options.BiasLearningRate, penalty = options.BiasRegularisation;
        foreach (int u in users)
        {
            ReadOnlySpan<int> rated = byUser.OthersOf(u);
            for (int k = 0; k < rated.Length; k++)
            {
                int i = rated[k];
                double error = byUser.ValuesOf(u)[k] - (mean + bu[u] + bi[i] + TensorPrimitives.Dot<double>(p.AsSpan(u * f, f), q.AsSpan(i * f, f)));
                bu[u] += rate * (error - penalty * bu[u]);
                bi[i] += rate * (error - penalty * bi[i]);
            }
        }
    }

    /// <summary>The multiplicative step for some vectors of one side.</summary>
    private static void Step(RatingLists lists, int[] only, NmfRatingOptions options, double mean, double[] ownBias, double[] otherBias, double[] own, double[] other, double[] moved)
    {
        int f = options.Factors;
        var step = new NmfStep(f, options.Regularisation);
        foreach (int x in only)
        {
            ReadOnlySpan<double> p = own.AsSpan(x * f, f);
            ReadOnlySpan<int> others = lists.OthersOf(x);
            step.Clear();
            for (int k = 0; k < others.Length; k++)
            {
                ReadOnlySpan<double> q = other.AsSpan(others[k] * f, f);
                step.Add(q, lists.ValuesOf(x)[k], mean + ownBias[x] + otherBias[others[k]] + TensorPrimitives.Dot(p, q));
            }
            step.Take(p, moved.AsSpan(x * f, f));
        }
    }

    private static double[] Even(int rows, NmfRatingOptions options, int stream)
    {
        var random = SplitMix.Of(options.Seed, stream);
        double[] x = new double[checked(rows * options.Factors)];
        for (int i = 0; i < x.Length; i++) x[i] = options.InitialHighest * random.NextDouble();
        return x;
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        RatingRows rows = RowsOf(training, _options);
        int f = _options.Factors;
        int[] users = [.. changed.Select(u => rows.UserOf(training.Events.UserTable[u])).Where(u => u >= 0).Order()];
        int[] items = [.. users.SelectMany(u => rows.ItemsOf(u).ToArray()).Distinct().Order()];
        // numbers go by first appearance, so what is new stands at the end and starts as in a fit; so does a changed user, since a factor that fell to 0 would never come back
        double[] p = Even(rows.Users, _options, 0), q = Even(rows.Items, _options, 1), bu = new double[rows.Users], bi = new double[rows.Items];
        for (int u = 0; u < Rows.Users; u++)
            if (Array.BinarySearch(users, u) < 0) _p.AsSpan(u * f, f).CopyTo(p.AsSpan(u * f, f));
        _q.CopyTo(q, 0);
        _bu.CopyTo(bu, 0);
        _bi.CopyTo(bi, 0);
        Descend(training, rows, users, items, _options, bu, bi, p, q, progress, cancellationToken);
        return new NmfRatingModel(training, rows, _options, bu, bi, p, q);
    }

    internal override FittedModel Grown(Training training) => new NmfRatingModel(training, Rows, _options, _bu, _bi, _p, _q);

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        to.Tensors.Add("user.baselines", _bu);
        to.Tensors.Add("item.baselines", _bi);
        to.Tensors.Add("user.factors", _p, Rows.Users, _options.Factors);
        to.Tensors.Add("item.factors", _q, Rows.Items, _options.Factors);
    }

    internal static NmfRatingModel Open(OpenedModel file)
    {
        NmfRatingOptions options = NmfRatingOptions.Open(file);
        RatingRows rows = RowsOf(file.Training, options);
        int f = options.Factors;
        return new(file.Training, rows, options, file.Doubles("user.baselines", rows.Users), file.Doubles("item.baselines", rows.Items), file.Doubles("user.factors", rows.Users, f), file.Doubles("item.factors", rows.Items, f));
    }

    private protected override Func<int, double> PredictorOf(UserContext user)
    {
        (double bu, double[] p, List<(int Item, float Value)>? ratings) = UserOf(user);
        int f = _options.Factors;
        if (!_options.Biased) return i => i < 0 || ratings is null ? Rows.Mean : TensorPrimitives.Dot<double>(p, _q.AsSpan(i * f, f));
        return i => Rows.Mean + bu + (i < 0 ? 0 : _bi[i] + TensorPrimitives.Dot<double>(p, _q.AsSpan(i * f, f)));
    }

    private protected override IEnumerable<ModelReason> PartsOf(UserContext user, int item)
    {
        (double bu, double[] p, List<(int Item, float Value)>? ratings) = UserOf(user);
        if (_options.Biased || item < 0 || ratings is null) yield return new("mean", (float)Rows.Mean);
        yield return new("user", (float)bu);
        if (item < 0) yield break;
        yield return new("item", (float)_bi[item]);
        if (ratings is null) yield break;
        int f = _options.Factors;
        double[] whole = new double[f];   // Σ r q
        foreach ((int i, float value) in ratings) TensorPrimitives.MultiplyAdd(_q.AsSpan(i * f, f), value, whole, whole);
        double rest = TensorPrimitives.Dot<double>(p, _q.AsSpan(item * f, f));
        foreach (IGrouping<int, (int Item, float Value)> of in ratings.GroupBy(r => r.Item))
        {
            double part = 0, given = of.Sum(r => (double)r.Value);
            for (int k = 0; k < f; k++)
                if (whole[k] > 0) part += p[k] * _q[item * f + k] * given * _q[of.Key * f + k] / whole[k];
            rest -= part;
            yield return ModelReason.Of(IdOf(of.Key), part);
        }
        // factors that no rating of the user has a part in
        if (Math.Abs(rest) > 1e-9) yield return new("training", (float)rest);
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

    /// <summary>bᵤ, p and the ratings of any user; null for one without ratings.</summary>
    private (double Bias, double[] Vector, List<(int Item, float Value)>? Ratings) UserOf(UserContext user)
    {
        int f = _options.Factors;
        List<(int Item, float Value)>? all = Rows.WithHistory(user);
        if (all is not null) return FoldIn(all);
        if (Rows.UserOf(user.Id) is not (>= 0 and int known)) return (0, new double[f], null);
        return (_bu[known], _p[(known * f)..((known + 1) * f)], [.. Rows.ItemsOf(known).ToArray().Zip(Rows.ValuesOf(known).ToArray())]);
    }

    /// <summary>All passes for a user outside the training, who starts amid the first factors while the items stand still. Ratings below 0 count as 0.</summary>
    private (double, double[], List<(int Item, float Value)>) FoldIn(List<(int Item, float Value)> given)
    {
        int f = _options.Factors;
        List<(int Item, float Value)> ratings = [.. given.Select(r => (r.Item, Math.Max(0, r.Value)))];
        double[] p = new double[f];
        Array.Fill(p, _options.InitialHighest / 2);
        double bu = 0, mean = _options.Biased ? Rows.Mean : 0;
        var step = new NmfStep(f, _options.Regularisation);
        for (int e = 0; e < _options.Epochs; e++)
        {
            if (_options.Biased)
                foreach ((int i, float value) in ratings)
                    bu += _options.BiasLearningRate * (value - (mean + bu + _bi[i] + TensorPrimitives.Dot<double>(p, _q.AsSpan(i * f, f))) - _options.BiasRegularisation * bu);
            step.Clear();
            foreach ((int i, float value) in ratings)
            {
                ReadOnlySpan<double> q = _q.AsSpan(i * f, f);
                step.Add(q, value, mean + bu + _bi[i] + TensorPrimitives.Dot(p, q));
            }
            step.Take(p, p);
        }
        return (bu, p, ratings);
    }
}
