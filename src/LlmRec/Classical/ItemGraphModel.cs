using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// The item graph as a filter, without any training: scores x · D^−½ · S · D^½ with S = NᵀN, N(u, i) = 1 / √(n_u · n_i) and D the
/// numbers of users of the items, S cut to the K strongest links an item. The linear low-pass filter of Y. Shen et al., How Powerful
/// is Graph Convolution for Recommendation?, CIKM 2021, arXiv 2108.07567.
/// </summary>
/// <remarks>
/// The links are cut by S, before the degrees are applied. Fitting is O(Σ n_u²) for users of n_u items; memory is 8 bytes a link. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class ItemGraphModel : LinearItemModel
{
    private ItemGraphModel(PositivePairs pairs, ItemWeights weights, string name) : base(new EqualTastes(pairs), weights, name)
    {
    }

    /// <summary>Builds the graph.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the work has come.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static ItemGraphModel Fit(Catalog catalog, InteractionLog log, ItemGraphOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        PositivePairs pairs = PositivePairs.From(catalog, log);
        SparseMatrix users = pairs.Matrix, items = users.Transpose();
        var similarity = new KnnSimilarity(users, items, KnnWeighting.Degree, 0, 0, 0);
        (int[][] ids, float[][] values) = similarity.Neighbours(options.Neighbours, options.Threads, "linking items", progress, cancellationToken);
        double[] degree = new double[items.Rows];
        for (int i = 0; i < degree.Length; i++) degree[i] = Math.Pow(items.ColumnsOf(i).Length, options.DegreePower);
        for (int i = 0; i < ids.Length; i++)
            for (int n = 0; n < ids[i].Length; n++) values[i][n] = (float)(values[i][n] * degree[ids[i][n]] / degree[i]);
        string name = FormattableString.Invariant($"item graph{(options.Neighbours is { } k ? $" K{k}" : "")}");
        return new(pairs, new SparseItemWeights(ids, values), name);
    }
}
