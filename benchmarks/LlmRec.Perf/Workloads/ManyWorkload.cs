using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>Many queries against n float32 rows, exact top-k of each.</summary>
internal sealed class ManyWorkload : IWorkload
{
    public string Name => "many";

    public string Description => "exact top-k of many queries: --n 100000 --d 384 --queries 256 --k 10 --threads 1 --through rows|index";

    public PerfResult Run(PerfArguments options)
    {
        int n = options.Int("n", 100_000), d = options.Int("d", 384), m = options.Int("queries", 256), k = options.Int("k", 10), threads = options.Threads;
        RowMatrix rows = Vectors.Uniform(n, d, options.Seed), queries = Vectors.Uniform(m, d, options.Seed + 1);
        var hits = new Hit[m * k];
        var found = new int[m];
        Action work = () => ExactSearch.SearchMany(queries, rows, k, hits, found, maxThreads: threads);
        if (options.Text("through", "rows") == "index")
        {
            var index = new VectorIndex(d, new() { Metric = Kernels.VectorMetric.InnerProduct, Capacity = n });
            for (int i = 0; i < n; i++) index.Upsert(i, rows.Row(i));
            work = () => index.SearchMany(queries, k, hits, found, maxThreads: threads);
        }
        return new() { Timing = Stopwatcher.Time(work, options.Seconds), Bytes = 4.0 * n * d, Operations = 2.0 * n * d * m, Items = m };
    }
}
