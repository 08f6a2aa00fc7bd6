using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Matrix factorisation of implicit feedback by alternating least squares (iALS): a user's score of an item is the inner product of
/// their vectors. Y. Hu, Y. Koren and C. Volinsky, ICDM 2008, and S. Rendle and others, arXiv 2110.14037; see <see cref="AlsObjective"/>.
/// </summary>
/// <remarks>
/// A user is folded in: the exact half step on the history, so a stranger is as good as a user of the training.
/// An iteration is O(entries · f² + (users + items) · f³) with <see cref="AlsSolver.Cholesky"/> and O(steps · (entries · f + (users + items) · f²))
/// with <see cref="AlsSolver.ConjugateGradient"/>; a score is O(history · f² + f³ + items · f) a user. float64 inside. Immutable and thread-safe.
/// </remarks>
public sealed class ImplicitAlsModel : IScoringModel
{
    private readonly ImplicitAlsOptions _options;
    private readonly PositivePairs _pairs;
    private readonly AlsHalfStep _step;
    private readonly double[] _x, _y;     // X (users, f), Y (m, f)
    private readonly double[] _gram;
    private readonly float[] _narrow;

    private ImplicitAlsModel(PositivePairs pairs, ImplicitAlsOptions options, double[] x, double[] y)
    {
        _options = options;
        _pairs = pairs;
        _x = x;
        _y = y;
        _step = new AlsHalfStep(options);
        _gram = _step.Gram(y);
        _narrow = FactorScores.Narrow(y);
        Name = FormattableString.Invariant($"iALS {options.Factors}");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Items => _pairs.Items;

    /// <summary>Number of factors f.</summary>
    public int Factors => _options.Factors;

    /// <summary>Y: items × <see cref="Factors"/> values, row after row in the order of <see cref="Items"/>.</summary>
    public ReadOnlySpan<double> ItemFactors => _y;

    /// <summary>X: training users × <see cref="Factors"/> values, in the order of their first appearance in the log. Scores use the folded-in vector instead, which is newer by half a step.</summary>
    public ReadOnlySpan<double> UserFactors => _x;

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArithmeticException">The equations of a row are singular: the regularisation is too weak for the data.</exception>
    public static ImplicitAlsModel Fit(Catalog catalog, InteractionLog log, ImplicitAlsOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        PositivePairs pairs = PositivePairs.From(catalog, log);
        double[] x = Start(pairs.Matrix.Rows, options, 0), y = Start(pairs.Items.Length, options, 1);
        return Fit(pairs, options, x, y, progress, cancellationToken);
    }

    /// <summary>The iterations from given factors, which are overwritten.</summary>
    internal static ImplicitAlsModel Fit(PositivePairs pairs, ImplicitAlsOptions options, double[] x, double[] y, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var step = new AlsHalfStep(options, cancellationToken);
        SparseMatrix transpose = pairs.Matrix.Transpose();
        for (int i = 0; i < options.Iterations; i++)
        {
            step.Run(pairs.Matrix, y, x);
            step.Run(transpose, x, y);
            progress?.Report(new("factorising", (i + 1.0) / options.Iterations));
        }
        return new(pairs, options, x, y);
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        var scratch = new AlsHalfStep.Scratch(Factors);
        FactorScores.Write(requests, _narrow, _pairs.Items.Length, Factors, [], (user, x) => _step.Solve(_pairs.HistoryOf(user), _y, _gram, x, scratch), scores);
    }

    /// <summary>The vector of a user: the exact half step on the history.</summary>
    /// <param name="user">The user; the id looks up the training events, further ones come as history.</param>
    /// <returns><see cref="Factors"/> values, all 0 for an empty history.</returns>
    public double[] FoldIn(UserContext user)
    {
        ArgumentNullException.ThrowIfNull(user);
        double[] x = new double[Factors];
        _step.Solve(_pairs.HistoryOf(user), _y, _gram, x, new(Factors));
        return x;
    }

    /// <summary>What each item of the history adds to the score of an item; the parts sum to the score of the folded-in user.</summary>
    /// <param name="user">The user; the id looks up the training events, further ones come as history.</param>
    /// <param name="item">Id of the item to explain.</param>
    /// <returns>The items of the history with their parts, the largest part first, ties in catalog order; empty for an empty history.</returns>
    /// <exception cref="KeyNotFoundException">The model does not know the item.</exception>
    public IReadOnlyList<ScoredItem> Explain(UserContext user, string item)
    {
        ArgumentNullException.ThrowIfNull(user);
        return [.. Contributions(user, item).Select(c => new ScoredItem(Items[c.Item], (float)c.Value)).OrderByDescending(s => s.Score)];
    }

    /// <summary>target · yᵢᵀ A⁻¹ yⱼ for each j of the history, in ascending order of j.</summary>
    internal (int Item, double Value)[] Contributions(UserContext user, string item)
    {
        ArgumentNullException.ThrowIfNull(item);
        int target = _pairs.IndexOf(item), f = Factors;
        if (target < 0) throw new KeyNotFoundException($"the model knows no item '{item}'; it can explain the {Items.Count} items of its catalog");
        int[] history = _pairs.HistoryOf(user);
        if (history.Length == 0) return [];
        var scratch = new AlsHalfStep.Scratch(f);
        _step.Solve(history, _y, _gram, scratch.Residual, scratch);
        double[] w = _y[(target * f)..(target * f + f)];
        NormalEquations.Solve(scratch.Matrix, f, w);
        return [.. history.Select(j => (j, _step.Target * TensorPrimitives.Dot<double>(w, _y.AsSpan(j * f, f))))];
    }

    private static double[] Start(int rows, ImplicitAlsOptions options, int stream)
    {
        var random = SplitMix.Of(options.Seed, stream);
        double[] x = new double[checked(rows * options.Factors)];
        for (int i = 0; i < x.Length; i++) x[i] = 0.01 * random.NextDouble();
        return x;
    }
}
