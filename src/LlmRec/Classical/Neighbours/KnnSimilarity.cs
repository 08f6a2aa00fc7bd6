using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Similarities of the columns of a binary matrix: Σ over common rows of a row weight, times a factor of each column.</summary>
/// <remarks>On 0/1 data every weighting but Jaccard is such a product, so the sums over common rows need no column's factor.</remarks>
internal sealed class KnnSimilarity
{
    private readonly SparseMatrix _rows;
    private readonly SparseMatrix _columns;
    private readonly KnnWeighting _weighting;
    private readonly double _shrinkage;
    private readonly double _k1;
    private readonly double _b;
    private readonly double _mean;   // rows of a column, on average

    /// <param name="rows">X (rows, columns), rows being the users of items or the items of users.</param>
    /// <param name="columns">Its transpose.</param>
    /// <param name="weighting">The measure.</param>
    /// <param name="shrinkage">See <see cref="ItemKnnOptions.Shrinkage"/>.</param>
    /// <param name="k1">BM25's saturation.</param>
    /// <param name="b">BM25's length normalisation.</param>
    public KnnSimilarity(SparseMatrix rows, SparseMatrix columns, KnnWeighting weighting, double shrinkage, double k1, double b)
    {
        _rows = rows;
        _columns = columns;
        _weighting = weighting;
        _shrinkage = shrinkage;
        _k1 = k1;
        _b = b;
        int m = columns.Rows;
        RowWeights = new double[rows.Rows];
        for (int u = 0; u < RowWeights.Length; u++)
        {
            int n = rows.ColumnsOf(u).Length;
            double idf = Math.Log(m) - Math.Log(1 + n);
            RowWeights[u] = weighting switch
            {
                KnnWeighting.TfIdf or KnnWeighting.Bm25 => idf * idf,
                KnnWeighting.Degree => n == 0 ? 0 : 1.0 / n,
                _ => 1,
            };
        }

        ColumnFactors = new double[m];
        _mean = (double)columns.Entries / Math.Max(1, m);
        for (int i = 0; i < m; i++) ColumnFactors[i] = Factor(columns.ColumnsOf(i));
    }

    /// <summary>What a common row adds.</summary>
    public double[] RowWeights { get; }

    /// <summary>What a column's sums are multiplied by; the number of its rows for Jaccard.</summary>
    public double[] ColumnFactors { get; }

    /// <summary>The factor of any set of rows, also one that is no column.</summary>
    public double Factor(ReadOnlySpan<int> set)
    {
        int n = set.Length;
        if (n == 0) return 0;
        switch (_weighting)
        {
            case KnnWeighting.Jaccard:
                return n;
            case KnnWeighting.Bm25:
                return (_k1 + 1) / (_k1 * (1 - _b + _b * n / _mean) + 1);
            case KnnWeighting.TfIdf:
                double norm = 0;
                foreach (int u in set) norm += RowWeights[u];
                return norm > 0 ? 1 / Math.Sqrt(norm) : 0;
            default:
                return 1 / Math.Sqrt(n);
        }
    }

    /// <summary>The similarity of two columns with these factors and sums over their common rows.</summary>
    public float Of(double factor, double otherFactor, double sum, int common)
    {
        double s = _weighting == KnnWeighting.Jaccard ? common / (factor + otherFactor - common) : sum * (factor * otherFactor);
        return (float)(_shrinkage > 0 ? s * (common / (common + _shrinkage)) : s);
    }

    /// <summary>
    /// The neighbours after some rows of X changed, from those before, the same as <see cref="Neighbours"/> would find. Similarities
    /// change only where a column of <paramref name="changed"/> takes part: those columns are compared anew, other rows exchange the entries, and only where
    /// an entry fell so far that one cut before may take its place is the row compared anew as well.
    /// </summary>
    /// <param name="oldIds">Kept columns of each row before.</param>
    /// <param name="oldValues">Their similarities.</param>
    /// <param name="changed">All columns of the changed rows, before and after, ascending.</param>
    /// <param name="k">As in <see cref="Neighbours"/>.</param>
    /// <param name="threads">Most threads, 0 for all processors.</param>
    /// <param name="progress">Receives the share done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <remarks>Not for <see cref="KnnWeighting.Bm25"/>, where every event moves the mean and so every similarity.</remarks>
    public (int[][] Ids, float[][] Values) Exchanged(int[][] oldIds, float[][] oldValues, int[] changed, int? k, int threads, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        int m = _columns.Rows;
        int[][] ids = [.. oldIds];
        float[][] values = [.. oldValues];
        var fresh = new (int[] Ids, float[] Values)[changed.Length];
        bool[] isChanged = new bool[m];
        for (int c = 0; c < changed.Length; c++) isChanged[changed[c]] = true;
        using var rows = new ThreadLocal<LargestOfRow>(() => new(Math.Max(1, m)));
        CommonUsers.Visit(_rows, _columns, RowWeights, (i, touched, sums, counts) =>
        {
            LargestOfRow row = rows.Value!;
            row.Clear();
            foreach (int j in touched) row.Add(j, Of(ColumnFactors[i], ColumnFactors[j], sums[j], counts[j]));
            fresh[Array.BinarySearch(changed, i)] = row.Take();
        }, threads, "comparing items", progress, cancellationToken, changed);

        var entries = new List<(int Item, float Value)>?[m];
        for (int c = 0; c < changed.Length; c++)
        {
            int i = changed[c], kept = Math.Min(k ?? m, fresh[c].Ids.Length);
            (ids[i], values[i]) = (fresh[c].Ids[..kept], fresh[c].Values[..kept]);
            for (int n = 0; n < fresh[c].Ids.Length; n++)
                if (!isChanged[fresh[c].Ids[n]]) (entries[fresh[c].Ids[n]] ??= []).Add((i, fresh[c].Values[n]));
        }
        var again = new List<int>();
        var best = new LargestOfRow(k ?? Math.Max(1, m));
        for (int j = 0; j < m; j++)
        {
            if (isChanged[j] || entries[j] is null && !oldIds[j].Any(i => isChanged[i])) continue;
            best.Clear();
            for (int n = 0; n < oldIds[j].Length; n++)
                if (!isChanged[oldIds[j][n]]) best.Add(oldIds[j][n], oldValues[j][n]);
            foreach ((int i, float value) in entries[j] ?? []) best.Add(i, value);
            (ids[j], values[j]) = best.Take();
            // what was cut before is worse than the last entry then kept; nobody knows whether it is worse than the last one now
            if (oldIds[j].Length == k && (ids[j].Length < k || Worse(ids[j][^1], values[j][^1], oldIds[j][^1], oldValues[j][^1]))) again.Add(j);
        }
        using var cut = new ThreadLocal<LargestOfRow>(() => new(k ?? Math.Max(1, m)));
        CommonUsers.Visit(_rows, _columns, RowWeights, (i, touched, sums, counts) =>
        {
            LargestOfRow row = cut.Value!;
            row.Clear();
            foreach (int j in touched) row.Add(j, Of(ColumnFactors[i], ColumnFactors[j], sums[j], counts[j]));
            (ids[i], values[i]) = row.Take();
        }, threads, "comparing items", progress, cancellationToken, [.. again]);
        return (ids, values);
    }

    private static bool Worse(int id, float value, int otherId, float otherValue) => value < otherValue || value == otherValue && id > otherId;

    /// <summary>For each column the k most similar ones, itself counted, largest first, ties by lower number; <see langword="null"/> keeps all.</summary>
    public (int[][] Ids, float[][] Values) Neighbours(int? k, int threads, string stage, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        int[][] ids = new int[_columns.Rows][];
        float[][] values = new float[_columns.Rows][];
        using var rows = new ThreadLocal<LargestOfRow>(() => new(k ?? Math.Max(1, _columns.Rows)));
        CommonUsers.Visit(_rows, _columns, RowWeights, (i, touched, sums, counts) =>
        {
            LargestOfRow row = rows.Value!;
            row.Clear();
            foreach (int j in touched) row.Add(j, Of(ColumnFactors[i], ColumnFactors[j], sums[j], counts[j]));
            (ids[i], values[i]) = row.Take();
        }, threads, stage, progress, cancellationToken);
        return (ids, values);
    }
}
