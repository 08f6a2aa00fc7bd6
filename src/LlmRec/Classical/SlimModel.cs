using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// SLIM: sparse, non-negative weights that predict each item from all others, under an elastic net. X. Ning and G. Karypis, SLIM:
/// Sparse Linear Methods for Top-N Recommender Systems, ICDM 2011. For item j it minimises
/// ½N⁻¹‖x_j − Xw‖² + αρ‖w‖₁ + ½α(1 − ρ)‖w‖² with w ≥ 0 and w_j = 0, N being the number of users.
/// </summary>
/// <remarks>
/// Fitting is O(Σ n_u²) for users of n_u items to count common users, held as a sparse matrix, and then coordinate descent for each item on its
/// own, which takes most of the time. Memory is 8 bytes a weight. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class SlimModel : LinearItemModel
{
    private SlimModel(PositivePairs pairs, ItemWeights weights, string name) : base(new EqualTastes(pairs), weights, name)
    {
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
        PositivePairs pairs = PositivePairs.From(catalog, log);
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

        int[][] ids = new int[m][];
        float[][] values = new float[m][];
        Lock gate = new();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, m, parallel, () => new SlimColumn(commonIds, commonCounts, diagonal, taking, options), (j, _, column) =>
        {
            (ids[j], values[j]) = column.Solve(j);
            if (progress is not null)
                lock (gate) progress.Report(new("fitting items", ++done / (double)m));
            return column;
        }, static _ => { });
        string name = FormattableString.Invariant($"SLIM {options.Penalty:0.#####} {options.L1Share:0.##}");
        return new(pairs, SparseItemWeights.FromColumns(ids, values), name);
    }
}
