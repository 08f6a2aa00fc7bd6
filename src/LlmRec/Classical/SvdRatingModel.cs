using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// Ratings by factors: SVD as known from the Netflix prize, r ≈ μ + bᵤ + bᵢ + qᵢ·pᵤ (S. Funk, Netflix update: try this at home, 2006), or SVD++,
/// where what a user rated counts too (Y. Koren, Factorization meets the neighborhood, KDD 2008); see <see cref="SvdRatingOptions.PlusPlus"/>.
/// </summary>
/// <remarks>
/// A pass is O(ratings · f) for both: SVD++ does not need the square of a user's ratings, since a rating moves all of that user's implicit
/// vectors alike. A user with ratings beyond the training is folded in by the same descent with the items held, O(passes · ratings · f).
/// Deterministic, on one thread. float64. Immutable and thread-safe once fitted.
/// </remarks>
public sealed class SvdRatingModel : IRatingModel
{
    private readonly RatingRows _rows;
    private readonly SvdRatingOptions _options;
    private readonly double[] _bu, _bi;
    private readonly double[] _p, _q;      // P (users, f), s included; Q (items, f)
    private readonly double[]? _y;         // Y (items, f)

    private SvdRatingModel(RatingRows rows, SvdRatingOptions options, double[] bu, double[] bi, double[] p, double[] q, double[]? y)
    {
        _rows = rows;
        _options = options;
        _bu = bu;
        _bi = bi;
        _p = p;
        _q = q;
        _y = y;
        Name = FormattableString.Invariant($"{(y is null ? "SVD" : "SVD++")} {options.Factors}");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Every prediction lies within it.</summary>
    public RatingScale Scale => _rows.Scale;

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
        var rows = new RatingRows(catalog, log, options.Scale);
        int f = options.Factors;
        double[] bu = new double[rows.Users], bi = new double[rows.Items];
        double[] p = Normal(rows.Users, options, 0), q = Normal(rows.Items, options, 1);
        double[]? y = options.ImplicitFeedback ? Normal(rows.Items, options, 2) : null;
        var descent = new RatingDescent(options, rows.Mean);
        for (int e = 0; e < options.Epochs; e++)
        {
            for (int u = 0; u < rows.Users; u++)
            {
                if ((u & 0xFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                descent.Pass(rows.ItemsOf(u), rows.ValuesOf(u), ref bu[u], p.AsSpan(u * f, f), bi, q, y);
            }
            if (!double.IsFinite(TensorPrimitives.SumOfSquares<double>(q)) || !double.IsFinite(TensorPrimitives.SumOfSquares<double>(p)) || !double.IsFinite(TensorPrimitives.SumOfSquares<double>(bi)))
                throw new ArithmeticException($"the descent diverged in pass {e + 1}: lower {nameof(SvdRatingOptions.LearningRate)} ({options.LearningRate}) or bring the ratings, which lie between {rows.Scale.Lowest} and {rows.Scale.Highest}, to a shorter scale");
            progress?.Report(new("factorising", (e + 1.0) / options.Epochs));
        }

        double[] s = new double[f];
        for (int u = 0; u < rows.Users && y is not null; u++)
        {
            RatingDescent.Feedback(rows.ItemsOf(u), y, s);
            TensorPrimitives.Add(p.AsSpan(u * f, f), s, p.AsSpan(u * f, f));
        }
        return new(rows, options, bu, bi, p, q, y);
    }

    /// <inheritdoc/>
    public void Predict(UserContext user, IReadOnlyList<string> items, Span<float> ratings)
    {
        RatingRows.CheckRoom(user, items, ratings);
        int f = _options.Factors;
        double bu = 0;
        double[] folded = [];
        ReadOnlySpan<double> p = [];
        if (_rows.WithHistory(user) is { } all)
        {
            folded = new double[f];
            bu = new RatingDescent(_options, _rows.Mean).FoldIn(all, _bi, _q, _y, folded);
            p = folded;
        }
        else if (_rows.UserOf(user.Id) is >= 0 and int known)
        {
            bu = _bu[known];
            p = _p.AsSpan(known * f, f);
        }
        for (int k = 0; k < items.Count; k++)
        {
            double rating = _rows.Mean + bu;
            if (_rows.ItemOf(items[k]) is >= 0 and int i)
            {
                rating += _bi[i];
                if (!p.IsEmpty) rating += TensorPrimitives.Dot(p, _q.AsSpan(i * f, f));
            }
            ratings[k] = _rows.Scale.Clip(double.IsFinite(rating) ? rating : _rows.Mean);   // a wild history may overflow the fold-in
        }
    }

    /// <summary>Normal values by the polar form of Box and Muller.</summary>
    private static double[] Normal(int rows, SvdRatingOptions options, int stream)
    {
        var random = SplitMix.Of(options.Seed, stream);
        double[] x = new double[checked(rows * options.Factors)];
        for (int i = 0; i < x.Length; i += 2)
        {
            double radius = options.InitialDeviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            x[i] = radius * cosine;
            if (i + 1 < x.Length) x[i + 1] = radius * sine;
        }
        return x;
    }
}
