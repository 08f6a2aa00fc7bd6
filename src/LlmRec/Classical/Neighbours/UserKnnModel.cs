using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// User-based nearest neighbours on implicit feedback: the K training users whose items are most like a history's recommend theirs,
/// each with the weight of the similarity. P. Resnick et al., GroupLens, CSCW 1994; for sets of items B. Sarwar et al., EC 2000.
/// </summary>
/// <remarks>
/// Nothing is fitted but the index, O(events). A user costs O(users of each history item + K · their items). Of equally similar users the one who came first in the
/// log stays. A history that is a training user's own finds that user among the neighbours, which changes only scores of items already
/// in the history; a user of a known id is left out.
/// Updating and forgetting index anew and are exactly a new fit. Immutable and thread-safe.
/// </remarks>
public sealed class UserKnnModel : FittedModel
{
    internal const string KindName = "user-knn";

    private readonly UserKnnOptions _options;
    private readonly PositivePairs _pairs;
    private readonly SparseMatrix _items;   // (items, users)
    private readonly KnnSimilarity _similarity;

    private UserKnnModel(PositivePairs pairs, UserKnnOptions options)
        : base(FormattableString.Invariant($"user-KNN {options.Weighting} K{options.Neighbours}"), pairs.Training, ColdItems.Of(pairs.Training, pairs.Occurs))
    {
        _options = options;
        _pairs = pairs;
        _items = pairs.Matrix.Transpose();
        _similarity = new(_items, pairs.Matrix, options.Weighting, options.Shrinkage, 1.2, 0.75);
    }

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
        PositivePairs pairs = PositivePairs.From(Training.From(catalog, log));
        cancellationToken.ThrowIfCancellationRequested();
        var model = new UserKnnModel(pairs, options);
        progress?.Report(new("indexing users", 1));
        return model;
    }

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => new UserKnnModel(PositivePairs.From(training), _options);

    internal override void Save(SavedModel to)
    {
        to.Set("weighting", _options.Weighting.ToString());
        to.Set("neighbours", _options.Neighbours);
        to.Set("neighboursOfEachItem", _options.NeighboursOfEachItem);
        to.Set("shrinkage", _options.Shrinkage);
    }

    internal static UserKnnModel Open(OpenedModel file)
    {
        var d = new UserKnnOptions();
        UserKnnOptions options = new()
        {
            Weighting = file.Get("weighting", d.Weighting),
            Neighbours = file.Get("neighbours", d.Neighbours),
            NeighboursOfEachItem = file.Get("neighboursOfEachItem", d.NeighboursOfEachItem),
            Shrinkage = file.Get("shrinkage", d.Shrinkage),
        };
        options.Check();
        return new(PositivePairs.From(file.Training), options);
    }

    private protected override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        int m = Items.Count;
        SparseMatrix users = _pairs.Matrix;
        var search = new Search(this);
        for (int r = 0; r < requests.Count; r++)
        {
            Span<float> row = scores.Slice(r * m, m);
            row.Clear();
            (int[] ids, float[] values) = search.NearestTo(requests[r].User, _pairs.HistoryOf(requests[r].User));
            // nearest first: of a candidate's own neighbours the first speak
            int[]? heard = _options.NeighboursOfEachItem ? new int[m] : null;
            for (int k = 0; k < ids.Length; k++)
                foreach (int j in users.ColumnsOf(ids[k]))
                    if (heard is null || heard[j]++ < _options.Neighbours) row[j] += values[k];
        }
    }

    /// <summary>The cosine of the two items' users.</summary>
    private protected override void SimilarTo(int item, Span<float> similarities)
    {
        foreach (int u in _items.ColumnsOf(item))
            foreach (int j in _pairs.Matrix.ColumnsOf(u)) similarities[j]++;
        for (int j = 0; j < similarities.Length; j++)
            if (similarities[j] > 0) similarities[j] /= MathF.Sqrt((float)_pairs.CountOf(item) * _pairs.CountOf(j));
    }

    // a similarity is a sum over common items, so it can be shared out among them: each its own weight
    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item)
    {
        int[] history = _pairs.HistoryOf(user);
        (int[] ids, float[] values) = new Search(this).NearestTo(user, history);
        double[] parts = new double[history.Length];
        int heard = 0;
        for (int k = 0; k < ids.Length; k++)
        {
            ReadOnlySpan<int> theirs = _pairs.Matrix.ColumnsOf(ids[k]);
            if (theirs.BinarySearch(item) < 0 || _options.NeighboursOfEachItem && heard++ >= _options.Neighbours) continue;
            double all = 0;
            foreach (int i in theirs)
                if (history.AsSpan().BinarySearch(i) >= 0) all += _similarity.RowWeights[i];
            foreach (int i in theirs)
                if (history.AsSpan().BinarySearch(i) is >= 0 and int at) parts[at] += values[k] * _similarity.RowWeights[i] / all;
        }
        return history.Select((i, at) => ModelReason.Of(Items[i], parts[at]));
    }

    /// <summary>Finds the nearest users; scratch of one call.</summary>
    private sealed class Search(UserKnnModel model)
    {
        private readonly double[] _sums = new double[model._pairs.Matrix.Rows];
        private readonly int[] _common = new int[model._pairs.Matrix.Rows];
        private readonly LargestOfRow _nearest = new(model._options.NeighboursOfEachItem ? Math.Max(1, model._pairs.Matrix.Rows) : model._options.Neighbours);

        public (int[] Ids, float[] Values) NearestTo(UserContext user, int[] history)
        {
            KnnSimilarity similarity = model._similarity;
            int self = model._pairs.UserOf(user.Id);
            foreach (int i in history)
            {
                foreach (int u in model._items.ColumnsOf(i))
                {
                    _sums[u] += similarity.RowWeights[i];
                    _common[u]++;
                }
            }
            double factor = similarity.Factor(history);
            _nearest.Clear();
            for (int u = 0; u < _common.Length; u++)
            {
                if (_common[u] == 0) continue;
                if (u != self) _nearest.Add(u, similarity.Of(factor, similarity.ColumnFactors[u], _sums[u], _common[u]));
                _sums[u] = 0;
                _common[u] = 0;
            }
            return _nearest.Take();
        }
    }
}
