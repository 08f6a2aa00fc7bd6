using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>One re-ranked list: k of n candidates. The operations counted are those of the plain method, so a rate above the peak means work that bounds spared.</summary>
internal sealed class DiversifyWorkload : IWorkload
{
    public string Name => "diversify";

    public string Description =>
        "k varied picks of n candidates: --strategy Mmr|Msd|Dpp|Cover|Ssd --n 1000 --d 256 --k 10 --diversity 0.5 --data gaussian|clustered --scores uniform|flat (all within 1 %) --literal 0|1";

    public PerfResult Run(PerfArguments options)
    {
        DiversityStrategy strategy = Enum.Parse<DiversityStrategy>(options.Text("strategy", "Mmr"));
        int n = options.Int("n", 1000), d = options.Int("d", 256), k = options.Int("k", 10);
        double diversity = options.Double("diversity", 0.5);
        var random = new Random(options.Seed);
        var rows = new AlignedBuffer<float>(n * d);
        Fill(rows.Span, d, options.Text("data", "gaussian"), random);
        bool flat = options.Text("scores", "uniform") == "flat";
        float[] scores = [.. Enumerable.Range(0, n).Select(_ => flat ? 0.99f + 0.01f * random.NextSingle() : random.NextSingle())];
        if (flat)
            scores[0] = 0; // one outlier, so that scaling to the range leaves the others flat
        Diversifier diversifier = Diversifier.Create(strategy, options.Int("literal", 0) == 1 ? DiversityOptions.Literal(strategy) : null);
        var candidates = new RankedCandidates { Scores = scores, Vectors = rows.Memory, Dimensions = d };
        var picks = new Pick[k];
        int repeats = Math.Max(1, 4000 / n);
        long before = 0;
        Timing timing = Stopwatcher.Time(() =>
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < repeats; i++)
                diversifier.Diversify(candidates, diversity, picks);
            before = GC.GetAllocatedBytesForCurrentThread() - before;
        }, options.Seconds);
        double steps = strategy == DiversityStrategy.Cover ? (n + 1) / 2.0 : k - 1;
        return new()
        {
            Timing = timing,
            Operations = 2.0 * n * d * steps * repeats,
            Items = repeats,
            More = [("ms_per_list", timing.Median * 1e3 / repeats), ("ms_per_list_p10", timing.P10 * 1e3 / repeats), ("bytes_allocated", before)],
        };
    }

    private static void Fill(Span<float> rows, int d, string data, Random random)
    {
        const int clusters = 20;
        float[] centres = [.. Enumerable.Range(0, clusters * d).Select(_ => data == "clustered" ? Gaussian(random) : 0)];
        for (int i = 0; i < rows.Length; i += d)
        {
            int centre = random.Next(clusters) * d;
            for (int j = 0; j < d; j++)
                rows[i + j] = Gaussian(random) * (data == "clustered" ? 0.7f : 1) + centres[centre + j];
        }
    }

    private static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
