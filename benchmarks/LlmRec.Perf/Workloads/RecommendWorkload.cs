using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>
/// The whole of <c>Recommend</c>: history, filter, scan, co-occurrence, head, explanations. The line also has what reading the
/// vectors once takes in the same run, and the ratio of the two.
/// </summary>
internal sealed class RecommendWorkload : IWorkload
{
    public string Name => "recommend";

    public string Description => "ten items for a known user, all stages: --n 50000 --d 256 --users 5000 --events 40 --diversity 0 --count 10";

    public PerfResult Run(PerfArguments options)
    {
        int n = options.Int("n", 50_000), d = options.Int("d", 256), users = options.Int("users", 5000), events = options.Int("events", 40);
        var answer = new RecommendOptions { Count = options.Int("count", 10), Diversity = options.Int("diversity", 0) / 100.0 };
        RowMatrix vectors = Vectors.Clustered(n, d, options.Seed);
        using Recommender recommender = Build(n, vectors, users, events, options.Seed);

        int u = 0;
        Timing answers = Stopwatcher.Time(() => recommender.Recommend($"u{u = (u + 1) % users}", answer), options.Seconds);
        float sink = 0;
        Timing read = Stopwatcher.Time(() => sink += StreamWorkload.Sum(vectors.Padded), options.Seconds / 2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) recommender.Recommend("u1", answer);
        double allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / 100.0;
        return new()
        {
            Timing = answers,
            Bytes = 4.0 * n * d,
            Items = 1,
            More = [("read_once_s", read.Median), ("times_read_once", answers.Median / read.Median), ("bytes_allocated", allocated), ("checksum", sink == 0 ? 0 : 1)],
        };
    }

    private static Recommender Build(int n, RowMatrix vectors, int users, int events, int seed)
    {
        var catalog = new Catalog(Enumerable.Range(0, n).Select(i => new Item { Id = $"i{i}", Categories = [$"c{i % 50}"] }));
        var random = new Random(seed);
        var log = new InteractionLog();
        for (int u = 0; u < users; u++)
        {
            int home = random.Next(n);
            for (int e = 0; e < events; e++)
            {
                // half of the visits near home, half to what everybody likes
                int item = e % 2 == 0 ? (home + random.Next(400)) % n : (int)(n * Math.Pow(random.NextDouble(), 4));
                log.Add($"u{u}", $"i{item}", InteractionKind.View, null, DateTimeOffset.UnixEpoch.AddMinutes(u * 7 + e * 60));
            }
        }
        return new RecommenderBuilder(catalog, log).UseItemEncoder(new GivenVectors(vectors)).WithoutFitting().BuildAsync().GetAwaiter().GetResult();
    }

    private sealed class GivenVectors(RowMatrix vectors) : IItemEncoder
    {
        public int Dimensions => vectors.Columns;

        public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> destination, CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < items.Count; i++)
                vectors.Row(int.Parse(items[i].Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)).CopyTo(destination.Span[(i * Dimensions)..]);
            return ValueTask.CompletedTask;
        }
    }
}
