namespace LlmRec;

/// <summary>Sums over the users two items have in common, a row of items at a time (Gustavson's sparse product XᵀX).</summary>
internal static class CommonUsers
{
    private const int Block = 16;

    /// <summary>Takes a finished row.</summary>
    /// <param name="item">The row's item.</param>
    /// <param name="touched">The items with a common user, itself included, in an order that depends on the data only.</param>
    /// <param name="sums">Σ of the weights of the common users, for touched items.</param>
    /// <param name="counts">Number of common users, 0 for items not touched.</param>
    public delegate void RowAction(int item, ReadOnlySpan<int> touched, ReadOnlySpan<double> sums, ReadOnlySpan<int> counts);

    /// <summary>Visits the rows of all items, on several threads; every row is summed by one thread with users ascending, so the sums are always the same.</summary>
    /// <param name="users">X (users, items).</param>
    /// <param name="items">Its transpose.</param>
    /// <param name="weight">The weight of each user.</param>
    /// <param name="action">Called once an item, from several threads.</param>
    /// <param name="threads">Most threads, 0 for all processors.</param>
    /// <param name="only">The rows to visit; <see langword="null"/> for all.</param>
    /// <param name="stage">Told with the progress.</param>
    /// <param name="progress">Receives the share done.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    /// <remarks>O(Σ n_u²) for users of n_u items.</remarks>
    public static void Visit(Kernels.SparseMatrix users, Kernels.SparseMatrix items, double[] weight, RowAction action, int threads, string stage, IProgress<BuildProgress>? progress, CancellationToken cancellationToken, int[]? only = null)
    {
        int m = items.Rows, rows = only?.Length ?? m, done = 0;
        Lock gate = new();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, (rows + Block - 1) / Block, parallel, () => (Sums: new double[m], Counts: new int[m], Touched: new int[m]), (block, _, scratch) =>
        {
            (double[] sums, int[] counts, int[] touched) = scratch;
            int end = Math.Min(rows, (block + 1) * Block);
            for (int r = block * Block; r < end; r++)
            {
                int i = only is null ? r : only[r], n = 0;
                foreach (int u in items.ColumnsOf(i))
                {
                    double w = weight[u];
                    foreach (int j in users.ColumnsOf(u))
                    {
                        if (counts[j]++ == 0)
                        {
                            touched[n++] = j;
                            sums[j] = 0;
                        }
                        sums[j] += w;
                    }
                }
                action(i, touched.AsSpan(0, n), sums, counts);
                foreach (int j in touched.AsSpan(0, n)) counts[j] = 0;
            }
            if (progress is not null)
                lock (gate) progress.Report(new(stage, (done += end - block * Block) / (double)rows));
            return scratch;
        }, static _ => { });
    }
}
