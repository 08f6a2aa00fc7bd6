using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Item-based nearest neighbours on implicit feedback: every item keeps the K items most similar to it by the users they share, and a
/// history scores the items its own items keep. M. Deshpande and G. Karypis, Item-based top-N recommendation algorithms, TOIS 22 (2004).
/// </summary>
/// <remarks>
/// The neighbourhood belongs to the item of the history, not to the candidate, and includes the item itself, as in the library
/// implicit, whose similarities it reproduces. Of equal similarities the earlier item of the catalog stays. Fitting is O(Σ n_u²) for users of n_u items; memory is 8 bytes a neighbour. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class ItemKnnModel : LinearItemModel
{
    private ItemKnnModel(PositivePairs pairs, ItemWeights weights, string name) : base(new EqualTastes(pairs), weights, name)
    {
    }

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static ItemKnnModel Fit(Catalog catalog, InteractionLog log, ItemKnnOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        PositivePairs pairs = PositivePairs.From(catalog, log);
        SparseMatrix users = pairs.Matrix, items = users.Transpose();
        var similarity = new KnnSimilarity(users, items, options.Weighting, options.Shrinkage, options.K1, options.B);
        (int[][] ids, float[][] values) = similarity.Neighbours(options.Neighbours, options.Threads, "comparing items", progress, cancellationToken);
        string name = FormattableString.Invariant($"item-KNN {options.Weighting}{(options.Neighbours is { } k ? $" K{k}" : "")}");
        return new(pairs, new SparseItemWeights(ids, values), name);
    }
}
