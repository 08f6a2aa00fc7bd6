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
/// with <see cref="AlsSolver.ConjugateGradient"/>; a score is O(history · f² + f³ + items · f) a user. float32 inside, unless
/// <see cref="ImplicitAlsOptions.DoublePrecision"/> is asked for; explanations and updates in float64.
/// An explanation shares the score out among the items of the history as in §5 of the first paper. An update solves the vectors of the users concerned and then those of their items, exactly, and
/// leaves the others; a user is forgotten by one iteration without the user from where the others stand, which keeps more
/// than nine of ten recommended items of a new fit on MovieLens 100k, also for a user with more events than 99 of 100 (another seed keeps three quarters). Further iterations bring it no nearer:
/// the factors have more than one minimum, and the old one stays. Where a user must leave no trace at all, <see cref="FittedModelExtensions.Refit"/> after <see cref="FittedModelExtensions.Forget"/> is the
/// fit without the user, bit for bit. Immutable and thread-safe.
/// </remarks>
public sealed class ImplicitAlsModel : FactorModel
{
    internal const string KindName = "implicit-als";

    private readonly ImplicitAlsOptions _options;
    private readonly AlsHalfStep _step;
    private readonly double[] _x;             // X (users, f)
    private readonly bool _folded;            // X is what a fold-in gives
    private readonly Lazy<double[]> _gram;
    private readonly AlsSide? _side;          // Y in float32; null in float64

    private ImplicitAlsModel(PositivePairs pairs, ImplicitAlsOptions options, double[] x, double[] y, bool folded = false)
        : base(FormattableString.Invariant($"iALS {options.Factors}"), pairs, options.Factors, y)
    {
        _options = options;
        _x = x;
        _folded = folded;
        _step = new AlsHalfStep(options);
        _gram = new(() => _step.Gram(y));
        if (options.DoublePrecision) return;
        RowMatrix narrow = FactorMatrix.Narrow(y, options.Factors);
        _side = new(narrow, options, Y == y ? null : FactorMatrix.Narrow(Y, options.Factors));
    }

    /// <summary>
    /// X: training users × <see cref="FactorModel.Factors"/> values, in the order of their first appearance in the log. After a fit in float32 they are folded in, and
    /// else those of the last iteration or update. Scores always use the folded-in vector.
    /// </summary>
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
        SparseMatrix transpose = pairs.Matrix.Transpose();
        if (options.DoublePrecision)
        {
            var step = new AlsHalfStep(options, cancellationToken);
            for (int i = 0; i < options.Iterations; i++)
            {
                step.Run(pairs.Matrix, y, x);
                step.Run(transpose, x, y);
                progress?.Report(new("factorising", (i + 1.0) / options.Iterations));
            }
            return new(pairs, options, x, y);
        }

        RowMatrix users = FactorMatrix.Narrow(x, options.Factors), items = FactorMatrix.Narrow(y, options.Factors);
        for (int i = 0; i < options.Iterations; i++)
        {
            new AlsSide(items, options, cancellationToken: cancellationToken).Run(pairs.Matrix, users);
            new AlsSide(users, options, cancellationToken: cancellationToken).Run(transpose, items);
            progress?.Report(new("factorising", (i + 1.0) / options.Iterations));
        }
        // one more half step, so that the vectors of the training users are those of their fold-in
        new AlsSide(items, options, cancellationToken: cancellationToken).Run(pairs.Matrix, users, exactly: true);
        return new(pairs, options, FactorMatrix.Widen(users), FactorMatrix.Widen(items), folded: true);
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        return Fit(pairs, _options, Start(pairs.Matrix.Rows, _options, 0), Start(pairs.Items.Length, _options, 1), progress, cancellationToken);
    }

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        int f = Factors;
        double[] x = new double[pairs.Matrix.Rows * f], y = [.. Trained];
        for (int u = 0; u < pairs.Matrix.Rows; u++)
            if (Pairs.UserOf(training.Events.UserTable[u]) is >= 0 and int old) _x.AsSpan(old * f, f).CopyTo(x.AsSpan(u * f));
        var step = new AlsHalfStep(_options, cancellationToken);
        var scratch = new AlsHalfStep.Scratch(f);
        foreach (int u in changed) step.Solve(pairs.Matrix.ColumnsOf(u), y, _gram.Value, x.AsSpan(u * f, f), scratch);
        SparseMatrix items = pairs.Matrix.Transpose();
        double[] gram = step.Gram(x);
        foreach (int i in PositivePairs.ItemsOf(changed.Select(u => (pairs, training.Events.UserTable[u]))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            step.Solve(items.ColumnsOf(i), x, gram, y.AsSpan(i * f, f), scratch);
        }
        return new ImplicitAlsModel(pairs, _options, x, y);
    }

    internal override FittedModel Forgotten(Training training, string user, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        int f = Factors;
        double[] x = new double[pairs.Matrix.Rows * f];
        for (int u = 0; u < pairs.Matrix.Rows; u++) _x.AsSpan(Pairs.UserOf(training.Events.UserTable[u]) * f, f).CopyTo(x.AsSpan(u * f));
        return Fit(pairs, _options with { Iterations = 1 }, x, [.. Trained], progress, cancellationToken).With(_options);
    }

    internal override FittedModel Grown(Training training) =>
        new ImplicitAlsModel(PositivePairs.From(training), _options, _x, Padded(Trained, training.Items.Length * Factors), _folded);

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        to.Set("foldedIn", _folded);
        to.Tensors.Add("user.factors", _x, Pairs.Matrix.Rows, Factors);
        to.Tensors.Add("item.factors", Trained, Items.Count, Factors);
    }

    internal static ImplicitAlsModel Open(OpenedModel file)
    {
        PositivePairs pairs = PositivePairs.From(file.Training);
        ImplicitAlsOptions options = ImplicitAlsOptions.Open(file);
        return new(pairs, options, file.Doubles("user.factors", pairs.Matrix.Rows, options.Factors), file.Doubles("item.factors", pairs.Items.Length, options.Factors), file.Get("foldedIn", false));
    }

    private ImplicitAlsModel With(ImplicitAlsOptions options) => new(Pairs, options, _x, Trained, _folded);

    private protected override void UserVector(UserContext user, double[] x)
    {
        if (_side is null)
        {
            _step.Solve(Pairs.HistoryOf(user), Y, _gram.Value, x, new(Factors));
            return;
        }
        float[] narrow = new float[Factors];
        NarrowVector(user, narrow);
        for (int k = 0; k < narrow.Length; k++) x[k] = narrow[k];
    }

    private protected override void NarrowVector(UserContext user, Span<float> x)
    {
        if (_side is null) base.NarrowVector(user, x);
        else if (_folded && user.History.Count == 0 && Pairs.UserOf(user.Id) is >= 0 and int known)
            for (int k = 0; k < x.Length; k++) x[k] = (float)_x[known * x.Length + k];
        else _side.Solve(Pairs.HistoryOf(user), x);
    }

    /// <summary>The vector of a user: the exact half step on the history.</summary>
    /// <param name="user">The user; the id looks up the training events, further ones come as history.</param>
    /// <returns><see cref="FactorModel.Factors"/> values, all 0 for an empty history.</returns>
    public double[] FoldIn(UserContext user)
    {
        ArgumentNullException.ThrowIfNull(user);
        double[] x = new double[Factors];
        UserVector(user, x);
        return x;
    }

    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item) =>
        Contributions(user, Items[item]).Select(c => ModelReason.Of(Items[c.Item], c.Value));

    /// <summary>target · yᵢᵀ A⁻¹ yⱼ for each j of the history, in ascending order of j.</summary>
    internal (int Item, double Value)[] Contributions(UserContext user, string item)
    {
        ArgumentNullException.ThrowIfNull(item);
        int target = Pairs.IndexOf(item), f = Factors;
        int[] history = Pairs.HistoryOf(user);
        if (history.Length == 0) return [];
        var scratch = new AlsHalfStep.Scratch(f);
        _step.Solve(history, Y, _gram.Value, scratch.Residual, scratch);
        double[] w = Y[(target * f)..(target * f + f)];
        NormalEquations.Solve(scratch.Matrix, f, w);
        return [.. history.Select(j => (j, _step.Target * TensorPrimitives.Dot(w, VectorOf(j))))];
    }

    private static double[] Start(int rows, ImplicitAlsOptions options, int stream)
    {
        var random = SplitMix.Of(options.Seed, stream);
        double[] x = new double[checked(rows * options.Factors)];
        for (int i = 0; i < x.Length; i++) x[i] = 0.01 * random.NextDouble();
        return x;
    }
}
