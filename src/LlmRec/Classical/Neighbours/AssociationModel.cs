using LlmRec.Kernels;

namespace LlmRec;

/// <summary>"People who took this also took": an item scores by how strongly it occurs together with the items of the history, with users as baskets.</summary>
/// <remarks>
/// Only positive strengths are kept. Fitting is O(Σ n_u²) for users of n_u items; memory is 8 bytes a pair. Every event moves N and the counts, so updating and forgetting count again and are
/// exactly a new fit. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class AssociationModel : LinearItemModel
{
    internal const string KindName = "association";

    private readonly AssociationOptions _options;
    private readonly SparseItemWeights _weights;

    private AssociationModel(PositivePairs pairs, AssociationOptions options, SparseItemWeights weights)
        : base(FormattableString.Invariant($"association {options.Measure}"), pairs.Training, new EqualTastes(pairs), weights)
    {
        _options = options;
        _weights = weights;
    }

    /// <summary>How strongly two items occur together.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="a">n_a, users of the first item, at least 1.</param>
    /// <param name="b">n_b, users of the second, at least 1.</param>
    /// <param name="both">n_ab, at least 0, at most the smaller of the two.</param>
    /// <param name="users">N, at least n_a + n_b − n_ab.</param>
    /// <exception cref="ArgumentOutOfRangeException">The counts contradict each other, or the measure is none.</exception>
    public static double Strength(AssociationMeasure measure, int a, int b, int both, int users)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(a, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(b, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(both);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(both, Math.Min(a, b));
        ArgumentOutOfRangeException.ThrowIfLessThan(users, a + b - both);
        return measure switch
        {
            AssociationMeasure.Jaccard => both / ((double)a + b - both),
            AssociationMeasure.Cosine => both / Math.Sqrt((double)a * b),
            AssociationMeasure.Confidence => (double)both / a,
            AssociationMeasure.Lift => both * (double)users / ((double)a * b),
            AssociationMeasure.PointwiseMutualInformation => Math.Log2(both * (double)users / ((double)a * b)),
            AssociationMeasure.LogLikelihood => Math.Max(0, 2 * (Entropy(both) + Entropy(a - both) + Entropy(b - both) + Entropy((double)users - a - b + both)
                - Entropy(a) - Entropy((double)users - a) - Entropy(b) - Entropy((double)users - b) + Entropy(users))),
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, $"the measure is none of {nameof(AssociationMeasure)}"),
        };

        static double Entropy(double k) => k > 0 ? k * Math.Log(k) : 0;
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static AssociationModel Fit(Catalog catalog, InteractionLog log, AssociationOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static AssociationModel Fit(Training training, AssociationOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        SparseMatrix users = pairs.Matrix, items = users.Transpose();
        int m = items.Rows, baskets = Enumerable.Range(0, users.Rows).Count(u => users.ColumnsOf(u).Length > 0);
        int[][] ids = new int[m][];
        float[][] values = new float[m][];
        using var rows = new ThreadLocal<LargestOfRow>(() => new(options.Neighbours ?? Math.Max(1, m)));
        CommonUsers.Visit(users, items, new double[users.Rows], (i, touched, _, counts) =>
        {
            LargestOfRow row = rows.Value!;
            row.Clear();
            foreach (int j in touched)
            {
                int a = pairs.CountOf(i), b = pairs.CountOf(j), both = counts[j];
                if (j == i || both < options.MinCommon || options.OnlyPositive && (double)both * baskets <= (double)a * b) continue;
                row.Add(j, (float)Strength(options.Measure, a, b, both, baskets));
            }
            (ids[i], values[i]) = row.Take();
        }, options.Threads, "counting pairs", progress, cancellationToken);
        return new(pairs, options, new SparseItemWeights(ids, values));
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Grown(Training training) => new AssociationModel(PositivePairs.From(training), _options, (SparseItemWeights)_weights.Grown(training.Items.Length));

    internal override void Save(SavedModel to)
    {
        to.Set("measure", _options.Measure.ToString());
        to.Set("neighbours", _options.Neighbours);
        to.Set("minCommon", _options.MinCommon);
        to.Set("onlyPositive", _options.OnlyPositive);
        to.Set("threads", _options.Threads);
        _weights.Save(to);
    }

    internal static AssociationModel Open(OpenedModel file)
    {
        var d = new AssociationOptions();
        AssociationOptions options = new()
        {
            Measure = file.Get("measure", d.Measure),
            Neighbours = (int?)file.Maybe("neighbours"),
            MinCommon = file.Get("minCommon", d.MinCommon),
            OnlyPositive = file.Get("onlyPositive", d.OnlyPositive),
            Threads = file.Get("threads", d.Threads),
        };
        options.Check();
        return new(PositivePairs.From(file.Training), options, SparseItemWeights.Open(file));
    }
}
