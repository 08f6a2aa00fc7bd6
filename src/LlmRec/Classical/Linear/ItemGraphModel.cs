namespace LlmRec;

/// <summary>
/// The item graph as a filter, without any training: scores x · D^−½ · S · D^½ with S = NᵀN, N(u, i) = 1 / √(n_u · n_i) and D the
/// numbers of users of the items, S cut to the K strongest links an item. The linear low-pass filter of Y. Shen et al., How Powerful
/// is Graph Convolution for Recommendation?, CIKM 2021, arXiv 2108.07567.
/// </summary>
/// <remarks>
/// The links are cut by S, before the degrees are applied. Fitting is O(Σ n_u²) for users of n_u items; memory is 12 bytes a link.
/// An update or a forgotten user links anew only the items of the users concerned, and is exactly a new fit. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class ItemGraphModel : LinearItemModel
{
    internal const string KindName = "item-graph";

    private readonly ItemGraphOptions _options;
    private readonly PositivePairs _pairs;
    private readonly int[][] _ids;
    private readonly float[][] _links;   // S

    private ItemGraphModel(PositivePairs pairs, ItemGraphOptions options, int[][] ids, float[][] links)
        : base(FormattableString.Invariant($"item graph{(options.Neighbours is { } k ? $" K{k}" : "")}"), pairs.Training, new EqualTastes(pairs), WeightsOf(pairs, options, ids, links))
    {
        _options = options;
        _pairs = pairs;
        _ids = ids;
        _links = links;
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
        return Fit(Training.From(catalog, log), options, progress, cancellationToken);
    }

    private static ItemGraphModel Fit(Training training, ItemGraphOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        (int[][] ids, float[][] links) = Similarity(pairs).Neighbours(options.Neighbours, options.Threads, "linking items", progress, cancellationToken);
        return new(pairs, options, ids, links);
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override FittedModel Updated(Training training, int[] changed, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Exchanged(training, [.. changed.Select(u => training.Events.UserTable[u])], progress, cancellationToken);

    internal override FittedModel Forgotten(Training training, string user, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) =>
        Exchanged(training, [user], progress, cancellationToken);

    internal override FittedModel Grown(Training training)
    {
        int m = training.Items.Length;
        return new ItemGraphModel(PositivePairs.From(training), _options, SparseItemWeights.Padded(_ids, m), SparseItemWeights.Padded(_links, m));
    }

    internal override void Save(SavedModel to)
    {
        to.Set("neighbours", _options.Neighbours);
        to.Set("degreePower", _options.DegreePower);
        to.Set("threads", _options.Threads);
        SparseItemWeights.Save(to, "links", _ids, _links);
    }

    internal static ItemGraphModel Open(OpenedModel file)
    {
        var d = new ItemGraphOptions();
        ItemGraphOptions options = new() { Neighbours = (int?)file.Maybe("neighbours"), DegreePower = file.Get("degreePower", d.DegreePower), Threads = file.Get("threads", d.Threads) };
        options.Check();
        (int[][] ids, float[][] links) = SparseItemWeights.Read(file, "links");
        return new(PositivePairs.From(file.Training), options, ids, links);
    }

    private ItemGraphModel Exchanged(Training training, string[] users, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        PositivePairs pairs = PositivePairs.From(training);
        int[] items = PositivePairs.ItemsOf(users.SelectMany(u => (IEnumerable<(PositivePairs, string)>)[(_pairs, u), (pairs, u)]));
        (int[][] ids, float[][] links) = Similarity(pairs).Exchanged(_ids, _links, items, _options.Neighbours, _options.Threads, progress, cancellationToken);
        return new(pairs, _options, ids, links);
    }

    private static KnnSimilarity Similarity(PositivePairs pairs) => new(pairs.Matrix, pairs.Matrix.Transpose(), KnnWeighting.Degree, 0, 0, 0);

    private static SparseItemWeights WeightsOf(PositivePairs pairs, ItemGraphOptions options, int[][] ids, float[][] links)
    {
        double[] degree = new double[ids.Length];
        for (int i = 0; i < degree.Length; i++) degree[i] = Math.Pow(pairs.CountOf(i), options.DegreePower);
        float[][] values = new float[ids.Length][];
        for (int i = 0; i < ids.Length; i++)
        {
            values[i] = new float[ids[i].Length];
            for (int n = 0; n < values[i].Length; n++) values[i][n] = (float)(links[i][n] * degree[ids[i][n]] / degree[i]);
        }
        return new(ids, values);
    }
}
