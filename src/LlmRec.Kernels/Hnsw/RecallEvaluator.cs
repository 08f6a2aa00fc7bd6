namespace LlmRec.Kernels;

/// <summary>
/// Measures what an <see cref="HnswIndex"/> finds of the true neighbours on the caller's own rows and queries, and chooses a breadth
/// that finds enough. Queries should be like those of use, some hundred of them.
/// </summary>
/// <remarks>Each query costs one exact scan. Static and thread-safe.</remarks>
public static class RecallEvaluator
{
    /// <summary>The share of the k true neighbours that a search finds, against the exact scan of the index's own rows.</summary>
    /// <param name="index">The index; must hold a row.</param>
    /// <param name="queries">Queries, one a row; at least one.</param>
    /// <param name="k">Neighbours asked for, at least 1.</param>
    /// <param name="breadth">Breadth of the search; 0 for the index's own.</param>
    /// <returns>0 to 1. A found row as near as the last true neighbour counts as true.</returns>
    /// <exception cref="ArgumentException">There is nothing to search, or a query is not acceptable.</exception>
    public static double Measure(HnswIndex index, RowMatrix queries, int k = 10, int breadth = 0) =>
        Measure(index, queries, Exact(index, queries, k), breadth);

    /// <summary>
    /// The share of the k true neighbours that a search finds, against the exact scan of given rows: shows also what the rounding of
    /// an int8 index costs.
    /// </summary>
    /// <param name="index">The index.</param>
    /// <param name="rows">The rows that were put in; the key of a row is its number.</param>
    /// <param name="queries">Queries, one a row; at least one.</param>
    /// <param name="k">Neighbours asked for, at least 1.</param>
    /// <param name="breadth">Breadth of the search; 0 for the index's own.</param>
    /// <returns>0 to 1.</returns>
    /// <exception cref="ArgumentException">There is nothing to search, or a query is not acceptable.</exception>
    public static double Measure(HnswIndex index, RowMatrix rows, RowMatrix queries, int k = 10, int breadth = 0)
    {
        Check(index, queries, k);
        ArgumentNullException.ThrowIfNull(rows);
        var exact = new Hit[queries.Rows][];
        for (int i = 0; i < exact.Length; i++)
        {
            var hits = new Hit[Math.Min(k, Math.Max(1, rows.Rows))];
            exact[i] = hits[..ExactSearch.Search(queries.Row(i), rows, hits, metric: index.Options.Metric)];
        }
        return Measure(index, queries, exact, breadth, byScore: false);
    }

    /// <summary>The least breadth, of k, and then steps of about an eighth, that finds a given share of the true neighbours.</summary>
    /// <param name="index">The index; must hold a row.</param>
    /// <param name="queries">Queries, one a row; at least one.</param>
    /// <param name="recall">The share wanted, above 0 to 1.</param>
    /// <param name="k">Neighbours asked for, at least 1.</param>
    /// <returns>The breadth, or 0 when even a breadth of all rows (100,000 at most) finds less.</returns>
    /// <exception cref="ArgumentException">There is nothing to search, or a query is not acceptable.</exception>
    public static int FindBreadth(HnswIndex index, RowMatrix queries, double recall, int k = 10)
    {
        if (!(recall is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(recall), recall, "a recall is above 0 and at most 1");
        Hit[][] exact = Exact(index, queries, k);
        int most = Math.Min(100_000, index.Count);
        for (int breadth = Math.Min(k, most); ; breadth = Math.Min(most, breadth + Math.Max(1, breadth / 8)))
        {
            if (Measure(index, queries, exact, breadth) >= recall)
                return breadth;
            if (breadth == most)
                return 0;
        }
    }

    private static Hit[][] Exact(HnswIndex index, RowMatrix queries, int k)
    {
        Check(index, queries, k);
        var exact = new Hit[queries.Rows][];
        for (int i = 0; i < exact.Length; i++)
        {
            var hits = new Hit[Math.Min(k, index.Count)];
            exact[i] = hits[..index.SearchExactly(queries.Row(i), hits)];
        }
        return exact;
    }

    private static double Measure(HnswIndex index, RowMatrix queries, Hit[][] exact, int breadth, bool byScore = true)
    {
        long found = 0, wanted = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            if (exact[i].Length == 0)
                continue;
            float last = byScore ? exact[i][^1].Score : float.PositiveInfinity;
            wanted += exact[i].Length;
            foreach (Hit hit in index.Search(queries.Row(i), exact[i].Length, breadth))
                found += hit.Score >= last || Array.Exists(exact[i], e => e.Index == hit.Index) ? 1 : 0;
        }
        return wanted == 0 ? 0 : (double)found / wanted;
    }

    private static void Check(HnswIndex index, RowMatrix queries, int k)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (index.Count == 0 || queries.Rows == 0)
            throw new ArgumentException("recall is measured on at least one row and one query", index.Count == 0 ? nameof(index) : nameof(queries));
    }
}
