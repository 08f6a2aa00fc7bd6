using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// PureSVD: the binary matrix of users and items is projected on its k strongest directions, X ≈ U S Vᵀ, and a history x gets the
/// scores x V Vᵀ. P. Cremonesi, Y. Koren and R. Turrin, Performance of recommender algorithms on top-n recommendation tasks, RecSys 2010.
/// </summary>
/// <remarks>
/// A user is only a history, so an unseen one is as good as one of the training. Fitting is a truncated SVD
/// (<see cref="TruncatedSvd"/>): O(k · entries) a pass. Scoring is O(k · (history + items)) a user.
/// An update turns the directions by one power iteration from where they stand, O(k · entries + k² · items), instead of the passes of a fit; forgetting is a new fit. Immutable and thread-safe.
/// </remarks>
public sealed class PureSvdModel : FactorModel
{
    internal const string KindName = "pure-svd";

    private readonly PureSvdOptions _options;
    private readonly double[] _sigma;

    private PureSvdModel(PositivePairs pairs, PureSvdOptions options, double[] v, double[] sigma)
        : base(FormattableString.Invariant($"PureSVD {options.Factors}"), pairs, sigma.Length, v)
    {
        _options = options;
        _sigma = sigma;
    }

    /// <summary>The singular values, largest first; as many as there are <see cref="FactorModel.Factors"/>: those wanted, or fewer where the data have no more.</summary>
    public ReadOnlySpan<double> SingularValues => _sigma;

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static PureSvdModel Fit(Catalog catalog, InteractionLog log, PureSvdOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return Fit(PositivePairs.From(catalog, log), options, progress, cancellationToken);
    }

    private static PureSvdModel Fit(PositivePairs pairs, PureSvdOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var svd = TruncatedSvd.Compute(pairs.Matrix, options.Factors, new() { PowerIterations = options.PowerIterations, Seed = (uint)options.Seed, MaxThreads = options.Threads },
            progress is null ? null : new Relay(progress), cancellationToken);
        return new(pairs, options, svd.RightVectors.ToArray(), svd.SingularValues.ToArray());
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Fit(PositivePairs.From(training), _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        (double[] v, double[] sigma) = SubspaceStep.From(pairs.Matrix, Trained, Factors);
        return new PureSvdModel(pairs, _options, v, sigma);
    }

    internal override FittedModel Grown(Training training) =>
        new PureSvdModel(PositivePairs.From(training), _options, Padded(Trained, training.Items.Length * Factors), _sigma);

    internal override void Save(SavedModel to)
    {
        to.Set("factors", _options.Factors);
        to.Set("powerIterations", _options.PowerIterations);
        to.Set("seed", _options.Seed);
        to.Set("threads", _options.Threads);
        to.Tensors.Add("item.factors", Trained, Items.Count, Factors);
        to.Tensors.Add("singular.values", _sigma);
    }

    internal static PureSvdModel Open(OpenedModel file)
    {
        var d = new PureSvdOptions();
        PureSvdOptions options = new()
        {
            Factors = file.Get("factors", d.Factors),
            PowerIterations = file.Get("powerIterations", d.PowerIterations),
            Seed = file.Get("seed", d.Seed),
            Threads = file.Get("threads", d.Threads),
        };
        options.Check();
        double[] sigma = file.Doubles("singular.values");
        return new(PositivePairs.From(file.Training), options, file.Doubles("item.factors", file.Training.Items.Length, sigma.Length), sigma);
    }

    /// <summary>x V: the sum of the vectors of the history.</summary>
    private protected override void UserVector(UserContext user, double[] vector)
    {
        foreach (int i in Pairs.HistoryOf(user)) TensorPrimitives.Add(vector, VectorOf(i), vector);
    }

    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item) =>
        Pairs.HistoryOf(user).Select(i => ModelReason.Of(Items[i], TensorPrimitives.Dot(VectorOf(i), VectorOf(item))));

    private sealed class Relay(IProgress<BuildProgress> progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(new("decomposing", value));
    }
}
