using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// User-based nearest neighbours on implicit feedback: the K training users whose items are most like a history's recommend theirs,
/// each with the weight of the similarity. P. Resnick et al., GroupLens, CSCW 1994; for sets of items B. Sarwar et al., EC 2000.
/// </summary>
/// <remarks>
/// Nothing is fitted but the index, O(events). A user costs O(users of each history item + K · their items). Of equally similar users the one who came first in the
/// log stays. A history that is a training user's own finds that user among the neighbours, which changes only scores of items already
/// in the history; a user of a known id is left out. Immutable and thread-safe.
/// </remarks>
public sealed class UserKnnModel : IScoringModel
{
    private readonly PositivePairs _pairs;
    private readonly SparseMatrix _items;   // (items, users)
    private readonly KnnSimilarity _similarity;
    private readonly int _neighbours;

    private UserKnnModel(PositivePairs pairs, UserKnnOptions options)
    {
        _pairs = pairs;
        _items = pairs.Matrix.Transpose();
        _similarity = new(_items, pairs.Matrix, options.Weighting, options.Shrinkage, 1.2, 0.75);
        _neighbours = options.Neighbours;
        Name = FormattableString.Invariant($"user-KNN {options.Weighting} K{options.Neighbours}");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Items => _pairs.Items;

    /// <summary>Fits the model.</summary>
    /// <param name="catalog">The items that can be recommended.</param>
    /// <param name="log">Training events; each pair of user and item counts once, signs against an item and unknown items not at all.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives how far the fit has come.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static UserKnnModel Fit(Catalog catalog, InteractionLog log, UserKnnOptions? options = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        PositivePairs pairs = PositivePairs.From(catalog, log);
        cancellationToken.ThrowIfCancellationRequested();
        var model = new UserKnnModel(pairs, options);
        progress?.Report(new("indexing users", 1));
        return model;
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(requests);
        int m = Items.Count;
        if (scores.Length < (long)requests.Count * m)
            throw new ArgumentException($"{requests.Count} users of {m} items need {(long)requests.Count * m} scores, but there is room for {scores.Length}", nameof(scores));
        SparseMatrix users = _pairs.Matrix;
        double[] sums = new double[users.Rows];
        int[] common = new int[users.Rows];
        var nearest = new LargestOfRow(_neighbours);
        for (int r = 0; r < requests.Count; r++)
        {
            int[] history = _pairs.HistoryOf(requests[r].User);
            int self = _pairs.UserOf(requests[r].User.Id);
            foreach (int i in history)
            {
                foreach (int u in _items.ColumnsOf(i))
                {
                    sums[u] += _similarity.RowWeights[i];
                    common[u]++;
                }
            }
            double factor = _similarity.Factor(history);
            nearest.Clear();
            for (int u = 0; u < common.Length; u++)
            {
                if (common[u] == 0) continue;
                if (u != self) nearest.Add(u, _similarity.Of(factor, _similarity.ColumnFactors[u], sums[u], common[u]));
                sums[u] = 0;
                common[u] = 0;
            }
            Span<float> row = scores.Slice(r * m, m);
            row.Clear();
            (int[] ids, float[] values) = nearest.Take();
            for (int k = 0; k < ids.Length; k++)
                foreach (int j in users.ColumnsOf(ids[k])) row[j] += values[k];
        }
    }
}
