namespace LlmRec;

/// <summary>
/// Item-based nearest neighbours on implicit feedback: every item keeps the K items most similar to it by the users they share, and a
/// history scores the items its own items keep. M. Deshpande and G. Karypis, Item-based top-N recommendation algorithms, TOIS 22 (2004).
/// </summary>
/// <remarks>
/// The neighbourhood belongs to the item of the history, not to the candidate, and includes the item itself, as in the library
/// implicit, whose similarities it reproduces. Of equal similarities the earlier item of the catalog stays. Fitting is O(Σ n_u²) for users of n_u items; memory is 8 bytes a neighbour. 
/// An update or a forgotten user compares anew only the items of the users concerned, and is exactly a new fit (with BM25, where every event changes every
/// similarity, it is one). See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class ItemKnnModel : LinearItemModel
{
    internal const string KindName = "item-knn";

    private readonly ItemKnnOptions _options;
    private readonly PositivePairs _pairs;
    private readonly SparseItemWeights _weights;

    private ItemKnnModel(PositivePairs pairs, ItemKnnOptions options, SparseItemWeights weights)
        : base(FormattableString.Invariant($"item-KNN {options.Weighting}{(options.Neighbours is { } k ? $" K{k}" : "")}"), pairs.Training, new EqualTastes(pairs), weights, options.Voters)
    {
        _options = options;
        _pairs = pairs;
        _weights = weights;
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
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static ItemKnnModel Fit(Training training, ItemKnnOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        (int[][] ids, float[][] values) = Similarity(pairs, options).Neighbours(options.Neighbours, options.Threads, "comparing items", progress, cancellationToken);
        return new(pairs, options, new SparseItemWeights(ids, values));
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Exchanged(training, [.. changed.Select(u => training.Events.UserTable[u])], progress, cancellationToken);

    internal override FittedModel Forgotten(Training training, string user, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Exchanged(training, [user], progress, cancellationToken);

    // user weights hold ln|I|, so they change with the number of items
    internal override FittedModel Grown(Training training) => training.Items.Length != Items.Count && _options.Weighting is KnnWeighting.TfIdf or KnnWeighting.Bm25
        ? Fitted(training, null, default)
        : new ItemKnnModel(PositivePairs.From(training), _options, (SparseItemWeights)_weights.Grown(training.Items.Length));

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        _weights.Save(to);
    }

    internal static ItemKnnModel Open(OpenedModel file) => new(PositivePairs.From(file.Training), ItemKnnOptions.Open(file), SparseItemWeights.Open(file));

    private ItemKnnModel Exchanged(Training training, string[] users, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        if (_options.Weighting == KnnWeighting.Bm25) return Fit(training, _options, progress, cancellationToken);
        PositivePairs pairs = PositivePairs.From(training);
        int[] items = PositivePairs.ItemsOf(users.SelectMany(u => (IEnumerable<(PositivePairs, string)>)[(_pairs, u), (pairs, u)]));
        (int[][] ids, float[][] values) = Similarity(pairs, _options).Exchanged(_weights.Ids, _weights.Values, items, _options.Neighbours, _options.Threads, progress, cancellationToken);
        return new(pairs, _options, new SparseItemWeights(ids, values));
    }

    private static KnnSimilarity Similarity(PositivePairs pairs, ItemKnnOptions options) =>
        new(pairs.Matrix, pairs.Matrix.Transpose(), options.Weighting, options.Shrinkage, options.K1, options.B);
}
