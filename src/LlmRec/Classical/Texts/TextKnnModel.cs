using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// Item-based nearest neighbours in which a text encoder and the users both say how alike two items are: likeness = β · cosine of the texts' vectors +
/// (1 − β) · similarity by common users, each first divided by what the nearest item has on average, so that β means the same for every encoder. Of an
/// item that nobody has touched the text alone decides, so new items are served from the first day.
/// </summary>
/// <remarks>
/// Fitting is O(m² d) products for the texts of m items on the kernels' matrix product, and O(Σ n_u²) for the users. Updating and forgetting compare anew and are exactly a new fit; texts given
/// by <see cref="FittedModelExtensions.WithItemsAsync"/> replace those of the fit. See <see cref="LinearItemModel"/> for the rest.
/// </remarks>
public sealed class TextKnnModel : LinearItemModel
{
    internal const string KindName = "text-knn";

    private readonly TextKnnOptions _options;
    private readonly SparseItemWeights _weights;

    private TextKnnModel(Training training, TextKnnOptions options, SparseItemWeights weights)
        : base(FormattableString.Invariant($"text-KNN {options.TextShare:0.##}"), training,
            new TextTastes(new RecentTastes(new ItemSequences(training), options.Past, options.Decay), i => weights.Ids[i].Length > 0), weights)
    {
        _options = options;
        _weights = weights;
    }

    /// <summary>Encodes the items and fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="encoder">Turns an item into a vector.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The encoder gave a vector with NaN or infinity.</exception>
    public static async Task<TextKnnModel> FitAsync(Catalog catalog, InteractionLog log, IItemEncoder encoder, TextKnnOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        options ??= new();
        options.Check();
        Training training = Training.From(catalog, log);
        float[] vectors = await FittedModelExtensions.VectorsAsync(training.Items, catalog, encoder, cancellationToken).ConfigureAwait(false);
        return Fit(training.WithVectors(training.Items, vectors, new()), options, progress, cancellationToken);
    }

    private static TextKnnModel Fit(Training training, TextKnnOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        const int block = 256;
        PositivePairs pairs = PositivePairs.From(training);
        int m = pairs.Items.Length, d = training.Dimensions, keep = options.Neighbours, threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        float[] vectors = training.Vectors ?? [];
        // a neighbour by users among several times as many may be one of the nearest once its text is added
        (int[][] users, float[][] common) = options.TextShare < 1
            ? new KnnSimilarity(pairs.Matrix, pairs.Matrix.Transpose(), options.Weighting, 0, 1.2, 0.75).Neighbours(4 * keep, options.Threads, "comparing items", progress, cancellationToken)
            : ([.. Enumerable.Repeat(Array.Empty<int>(), m)], [.. Enumerable.Repeat(Array.Empty<float>(), m)]);
        double nearestUsers = Mean(Enumerable.Range(0, m).Select(i => Nearest(i, users[i], common[i])));
        (int[][] texts, float[][] cosines) = (new int[m][], new float[m][]);
        float[] product = new float[Math.Min(block, Math.Max(1, m)) * (long)m];
        for (int from = 0; from < m; from += block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int rows = Math.Min(block, m - from);
            if (options.TextShare > 0 && d > 0)
                MatrixProduct.MultiplyTransposedRight(new ReadOnlyMatrixSpan(vectors.AsSpan(from * d), rows, d), new ReadOnlyMatrixSpan(vectors, m, d), new MatrixSpan(product, rows, m), new ProductOptions { Threads = threads });
            Parallel.For(0, rows, new ParallelOptions { MaxDegreeOfParallelism = threads }, r =>
            {
                // each row keeps enough of both to know its nearest, and the items that its users name
                var row = new LargestOfRow(4 * keep);
                for (int j = 0; j < m; j++) row.Add(j, product[(long)r * m + j]);
                (texts[from + r], cosines[from + r]) = row.Take();
            });
            progress?.Report(new("comparing texts", (from + rows) / (double)m));
        }
        double nearestTexts = Mean(Enumerable.Range(0, m).Select(i => Nearest(i, texts[i], cosines[i])));

        int[][] ids = new int[m][];
        float[][] values = new float[m][];
        double textScale = options.TextShare / nearestTexts, userScale = (1 - options.TextShare) / nearestUsers;
        // where nobody can say anything yet, the text speaks for both
        double untouched = options.TextShare > 0 ? 1 / nearestTexts : 0;
        Parallel.For(0, m, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, () => new LargestOfRow(keep), (i, _, row) =>
        {
            row.Clear();
            var sums = new SortedDictionary<int, double>();
            for (int k = 0; k < texts[i].Length; k++) sums[texts[i][k]] = (pairs.Occurs(i) && pairs.Occurs(texts[i][k]) ? textScale : untouched) * cosines[i][k];
            for (int k = 0; k < users[i].Length; k++) sums[users[i][k]] = sums.GetValueOrDefault(users[i][k]) + userScale * common[i][k];
            foreach ((int j, double likeness) in sums) row.Add(j, (float)likeness);
            (ids[i], values[i]) = row.Take();
            return row;
        }, static _ => { });
        return new(training, options, new SparseItemWeights(ids, values));

        static float Nearest(int item, int[] ids, float[] values)
        {
            for (int k = 0; k < ids.Length; k++)
                if (ids[k] != item) return values[k];
            return 0;
        }

        static double Mean(IEnumerable<float> values)
        {
            (double sum, int n) = (0, 0);
            foreach (float v in values)
            {
                if (!(v > 0)) continue;
                sum += v;
                n++;
            }
            return n == 0 ? 1 : sum / n;
        }
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => Fit(training, _options, progress, cancellationToken);

    internal override void Save(SavedModel to)
    {
        _options.Save(to);
        _weights.Save(to);
    }

    internal static TextKnnModel Open(OpenedModel file) => new(file.Training, TextKnnOptions.Open(file), SparseItemWeights.Open(file));
}
