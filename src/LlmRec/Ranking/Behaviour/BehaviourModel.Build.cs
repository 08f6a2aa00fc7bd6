namespace LlmRec;

internal sealed partial class BehaviourModel
{
    /// <summary>Counts a whole log. The result does not depend on the number of threads.</summary>
    /// <param name="catalog">The items; events of other items are passed over.</param>
    /// <param name="log">The events; signs against an item are passed over.</param>
    /// <param name="options">How to count.</param>
    /// <param name="threads">Most threads used; 0 means all processors.</param>
    /// <param name="progress">Receives the share done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <remarks>Takes time in the number of events × (2 × window + neighbour window) at most; 16 bytes an event while it runs.</remarks>
    public static BehaviourModel Build(Catalog catalog, InteractionLog log, BehaviourOptions? options = null, int threads = 0,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(log);
        options ??= new();
        int handles = catalog.HandleCount;
        var model = new BehaviourModel(handles, options, options.NeighboursFor(catalog.Count));
        for (int h = 0; h < handles; h++)
            if (catalog.ItemAt(h) is { } item)
                model.Describe(h, item);

        var histories = new Histories(catalog, log);
        model.CountItems(histories);
        model.CountNeighbours(histories, threads, progress, cancellationToken);
        return model;
    }

    private void CountItems(Histories histories)
    {
        for (int u = 0; u < histories.Users; u++)
        {
            (int start, int end) = histories.RangeOf(u);
            float weight = UserWeight(histories.DistinctOf(u));
            for (int p = start; p < end; p++)
            {
                int item = histories.Items[p];
                CountEvent(item, histories.TimeAt(p));
                if (histories.IsFirst(p)) _mass[item] += weight;
            }
        }
    }

    private void CountNeighbours(Histories histories, int threads, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        int rows = HandleCount, done = 0;
        Lock gate = new();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        // Rows are dealt out in blocks; each row is summed by one thread in the order of the log, so the sums are always the same.
        const int Block = 64;
        Parallel.For(0, (rows + Block - 1) / Block, parallel, () => new RowScratch(rows), (block, _, scratch) =>
        {
            int end = Math.Min(rows, (block + 1) * Block);
            for (int item = block * Block; item < end; item++) CountRows(item, histories, scratch);
            if (progress is not null)
                lock (gate) progress.Report((done += end - block * Block) / (double)rows);
            return scratch;
        }, static _ => { });
    }

    private void CountRows(int item, Histories histories, RowScratch scratch)
    {
        ReadOnlySpan<int> occurrences = histories.OccurrencesOf(item);
        if (occurrences.IsEmpty) return;
        int window = Options.Window, reach = Options.NeighbourWindow;
        int[] items = histories.Items;

        foreach (int p in occurrences)
        {
            int end = histories.RangeOf(histories.UserAt(p)).End;
            for (int k = 1; k <= window && p + k < end; k++) scratch.Add(items[p + k], 1f / k);
        }
        scratch.MoveTo(Followers, item);

        foreach (int p in occurrences)
        {
            int start = histories.RangeOf(histories.UserAt(p)).Start;
            for (int k = 1; k <= window && p - k >= start; k++) scratch.Add(items[p - k], 1f / k);
        }
        scratch.MoveTo(Predecessors, item);

        foreach (int p in occurrences)
        {
            if (!histories.IsFirst(p)) continue;
            int user = histories.UserAt(p);
            (int start, int end) = histories.RangeOf(user);
            float weight = UserWeight(histories.DistinctOf(user));
            int last = Math.Min(end - 1, p + reach);
            for (int q = Math.Max(start, p - reach); q <= last; q++)
                if (histories.IsFirst(q)) scratch.Add(items[q], weight);
        }
        scratch.MoveTo(Companions, item);
    }

    /// <summary>One dense row and the places touched in it.</summary>
    private sealed class RowScratch(int items)
    {
        private readonly float[] _sums = new float[items];
        private readonly int[] _touched = new int[items];
        private readonly float[] _weights = new float[items];
        private int _count;

        public void Add(int item, float weight)
        {
            if (_sums[item] == 0f) _touched[_count++] = item;
            _sums[item] += weight;
        }

        public void MoveTo(NeighbourRows rows, int item)
        {
            int n = 0;
            for (int i = 0; i < _count; i++)
            {
                int neighbour = _touched[i];
                if (neighbour != item) (_touched[n], _weights[n++]) = (neighbour, _sums[neighbour]);
                _sums[neighbour] = 0f;
            }
            _count = 0;
            rows.Set(item, _touched.AsSpan(0, n), _weights.AsSpan(0, n));
        }
    }
}
