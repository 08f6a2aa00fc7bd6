using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// PureSVD: the binary matrix of users and items is projected on its k strongest directions, X ≈ U S Vᵀ, and a history x gets the
/// scores x V Vᵀ. P. Cremonesi, Y. Koren and R. Turrin, Performance of recommender algorithms on top-n recommendation tasks, RecSys 2010.
/// </summary>
/// <remarks>
/// A user is only a history, so an unseen one is as good as one of the training. Fitting is a truncated SVD
/// (<see cref="TruncatedSvd"/>): O(k · entries) a pass. Scoring is O(k · (history + items)) a user. Immutable and thread-safe.
/// </remarks>
public sealed class PureSvdModel : IScoringModel
{
    private readonly PositivePairs _pairs;
    private readonly double[] _v;         // V (m, k)
    private readonly float[] _narrow;
    private readonly double[] _sigma;

    private PureSvdModel(PositivePairs pairs, TruncatedSvd svd, string name)
    {
        _pairs = pairs;
        _v = svd.RightVectors.ToArray();
        _narrow = FactorScores.Narrow(_v);
        _sigma = svd.SingularValues.ToArray();
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Items => _pairs.Items;

    /// <summary>Number of factors found: those wanted, or fewer where the data have no more.</summary>
    public int Factors => _sigma.Length;

    /// <summary>The singular values, largest first.</summary>
    public ReadOnlySpan<double> SingularValues => _sigma;

    /// <summary>V: items × <see cref="Factors"/> values, row after row in the order of <see cref="Items"/>.</summary>
    public ReadOnlySpan<double> ItemFactors => _v;

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
        PositivePairs pairs = PositivePairs.From(catalog, log);
        var svd = TruncatedSvd.Compute(pairs.Matrix, options.Factors, new() { PowerIterations = options.PowerIterations, Seed = (uint)options.Seed, MaxThreads = options.Threads },
            progress is null ? null : new Relay(progress), cancellationToken);
        return new(pairs, svd, FormattableString.Invariant($"PureSVD {options.Factors}"));
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores) =>
        FactorScores.Write(requests, _narrow, _pairs.Items.Length, Factors, [], UserVector, scores);

    /// <summary>x V: the sum of the vectors of the history.</summary>
    private void UserVector(UserContext user, double[] vector)
    {
        foreach (int i in _pairs.HistoryOf(user))
            TensorPrimitives.Add(vector, _v.AsSpan(i * Factors, Factors), vector);
    }

    private sealed class Relay(IProgress<BuildProgress> progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(new("decomposing", value));
    }
}
