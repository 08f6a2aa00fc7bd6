using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// SLIM: sparse, non-negative weights that predict each item from all others, under an elastic net. X. Ning and G. Karypis, SLIM:
/// Sparse Linear Methods for Top-N Recommender Systems, ICDM 2011. For item j it minimises
/// ½N⁻¹‖x_j − Xw‖² + αρ‖w‖₁ + ½α(1 − ρ)‖w‖² with w ≥ 0 and w_j = 0, N being the number of users.
/// </summary>
/// <remarks>
/// Fitting is O(Σ n_u²) for users of n_u items to count common users, held as a sparse matrix, and then coordinate descent for each item on its
/// own, which takes most of the time. Memory is 8 bytes a weight.
/// An update fits the columns of the items that the users concerned took, and leaves the others, which only feel it through them; forgetting is a new fit. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class SlimModel : LinearItemModel
{
    internal const string KindName = "slim";

    private readonly SlimOptions _options;
    private readonly SparseItemWeights _weights;

    private SlimModel(PositivePairs pairs, SlimOptions options, SparseItemWeights weights)
        : base(FormattableString.Invariant($"SLIM {options.Penalty:0.#####} {options.L1Share:0.##}"), pairs.Training, new EqualTastes(pairs), weights)
    {
        _options = options;
        _weights = weights;
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static SlimModel Fit(Catalog catalog, InteractionLog log, SlimOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        return Fit(PositivePairs.From(catalog, log), options, null, null, progress, cancellationToken);
    }

    /// <param name="pairs">The training.</param>
    /// <param name="options">How.</param>
    /// <param name="old">Weights to keep for the columns that are not fitted; null to fit all.</param>
    /// <param name="columns">The columns to fit.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    private static SlimModel Fit(PositivePairs pairs, SlimOptions options, SparseItemWeights? old, int[]? columns, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        SparseMatrix users = pairs.Matrix, items = users.Transpose();
        int m = items.Rows, taking = 0, done = 0;
        for (int u = 0; u < users.Rows; u++)
            if (users.ColumnsOf(u).Length > 0) taking++;
        double[] diagonal = new double[m];
        for (int i = 0; i < m; i++) diagonal[i] = items.ColumnsOf(i).Length;
        int[][] commonIds = new int[m][], commonCounts = new int[m][];
        CommonUsers.Visit(users, items, new double[users.Rows], (i, touched, _, counts) =>
        {
            commonIds[i] = touched.ToArray();
            int[] row = commonCounts[i] = new int[touched.Length];
            for (int k = 0; k < row.Length; k++) row[k] = counts[touched[k]];
        }, options.Threads, "comparing items", progress, cancellationToken);

        (int[][] ids, float[][] values) = old?.ToColumns() ?? (new int[m][], new float[m][]);
        columns ??= [.. Enumerable.Range(0, m)];
        Lock gate = new();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, columns.Length, parallel, () => new SlimColumn(commonIds, commonCounts, diagonal, taking, options), (c, _, column) =>
        {
            int j = columns[c];
            (ids[j], values[j]) = column.Solve(j);
            if (progress is not null)
                lock (gate) progress.Report(new("fitting items", ++done / (double)columns.Length));
            return column;
        }, static _ => { });
        return new(pairs, options, SparseItemWeights.FromColumns(ids, values));
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Fit(PositivePairs.From(training), _options, null, null, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        int[] columns = PositivePairs.ItemsOf(changed.Select(u => (pairs, training.Events.UserTable[u])));
        return Fit(pairs, _options, _weights, columns, progress, cancellationToken);
    }

    internal override FittedModel Grown(Training training) => new SlimModel(PositivePairs.From(training), _options, (SparseItemWeights)_weights.Grown(training.Items.Length));

    internal override void Save(SavedModel to)
    {
        to.Set("penalty", _options.Penalty);
        to.Set("l1Share", _options.L1Share);
        to.Set("candidates", _options.Candidates);
        to.Set("tolerance", _options.Tolerance);
        to.Set("maxPasses", _options.MaxPasses);
        to.Set("threads", _options.Threads);
        _weights.Save(to);
    }

    internal static SlimModel Open(OpenedModel file)
    {
        var d = new SlimOptions();
        SlimOptions options = new()
        {
            Penalty = file.Get("penalty", d.Penalty),
            L1Share = file.Get("l1Share", d.L1Share),
            Candidates = file.Get("candidates", d.Candidates),
            Tolerance = file.Get("tolerance", d.Tolerance),
            MaxPasses = file.Get("maxPasses", d.MaxPasses),
            Threads = file.Get("threads", d.Threads),
        };
        options.Check();
        return new(PositivePairs.From(file.Training), options, SparseItemWeights.Open(file));
    }
}
