using LlmRec.Kernels;

namespace LlmRec;

/// <summary>G = XᵀX between the n items somebody took: how many users two items have in common, dense.</summary>
internal static class ItemGram
{
    /// <summary>The items with at least one user, ascending.</summary>
    public static int[] ActiveOf(SparseMatrix items)
    {
        var active = new List<int>();
        for (int i = 0; i < items.Rows; i++)
            if (items.ColumnsOf(i).Length > 0) active.Add(i);
        return [.. active];
    }

    /// <summary>Room for a square matrix, or an exception that says what to do.</summary>
    public static float[] Square(int n, string model, bool reserve = true) =>
        (long)n * n <= Array.MaxLength
            ? reserve ? new float[n * n] : []
            : throw new ArgumentException($"{model} needs a matrix of {n} × {n} items, more than an array can hold (46,340): leave rare items out of the catalog, or use ItemKnnModel or ItemGraphModel");

    /// <summary>Adds scale · G to a matrix (n, n). Counts are whole numbers, so nothing is rounded while they are below 2²⁴.</summary>
    public static void Add(SparseMatrix users, SparseMatrix items, int[] active, float[] target, float scale, int threads, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        int n = active.Length;
        int[] place = new int[items.Rows];
        for (int a = 0; a < n; a++) place[active[a]] = a;
        CommonUsers.Visit(users, items, new double[users.Rows], (i, touched, _, counts) =>
        {
            Span<float> row = target.AsSpan(place[i] * n, touched.Length == 0 ? 0 : n);
            foreach (int j in touched) row[place[j]] += scale * counts[j];
        }, threads, "comparing items", progress, cancellationToken);
    }
}
