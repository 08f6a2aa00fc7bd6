using LlmRec.Benchmarking;
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
        using Recommender recommender = VectorShop.Build(vectors, users, events, options.Seed);

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
}
