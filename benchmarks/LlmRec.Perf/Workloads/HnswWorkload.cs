using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>
/// Builds an HNSW index and searches it, one query after the other on one thread, with several breadths. The figures of
/// the line's clock are the build's; each breadth adds its recall and its queries a second.
/// </summary>
internal sealed class HnswWorkload : IWorkload
{
    public string Name => "hnsw";

    public string Description =>
        "HNSW build and search: --data FILE.f32 --queries FILE.f32 --truth FILE.i32 (or drawn: --n 20000 --d 384 --q 1000) --k 10 --m 16 --efc 200 --ef 16,24,32,48 --rows float32|int8 --share 1 (of the keys that pass a filter) --threads 1 --index FILE (opened when it exists, saved to otherwise)";

    public PerfResult Run(PerfArguments options)
    {
        int d = options.Int("d", 384), k = options.Int("k", 10);
        string data = options.Text("data", ""), queryFile = options.Text("queries", ""), truth = options.Text("truth", "");
        int n = options.Int("n", data.Length == 0 ? 20_000 : int.MaxValue), q = options.Int("q", 1000);
        RowMatrix rows = data.Length == 0 ? Vectors.Clustered(n, d, options.Seed) : Vectors.Read(data, d, n);
        RowMatrix queries = queryFile.Length == 0 ? Vectors.Clustered(q, d, options.Seed + 1) : Vectors.Read(queryFile, d, q);
        var index = new HnswOptions
        {
            Connections = options.Int("m", 16),
            BuildBreadth = options.Int("efc", 200),
            Threads = options.Threads,
            Seed = options.Seed,
            Format = options.Text("rows", "float32") == "int8" ? RowFormat.Int8 : RowFormat.Float32,
        };

        HnswIndex hnsw = null!;
        string saved = options.Text("index", "");
        Timing build = Stopwatcher.TimeOnce(() => hnsw = saved.Length > 0 && File.Exists(saved) ? HnswIndex.Open(saved) : HnswIndex.Build(rows, index));
        if (saved.Length > 0 && !File.Exists(saved))
            hnsw.Save(saved);
        double share = options.Double("share", 1);
        ulong[]? allowed = share < 1 ? Allowed(rows.Rows, share, options.Seed) : null;
        RowFilter Filter() => allowed is null ? default(RowFilter) : allowed;
        int[][] exact = truth.Length == 0 || rows.Rows != 100_000 || share < 1 ? Exact(rows, queries, k, allowed) : Read(truth, queries.Rows, k);
        double rowBytes = (double)rows.Rows * d * (index.Format == RowFormat.Int8 ? 1 : 4);
        var more = new List<(string, double)> { ("build_cpu_s", build.Cpu), ("overhead", hnsw.OverheadBytes / rowBytes) };
        var hits = new Hit[k];
        double best = 0;
        foreach (int breadth in options.Ints("ef", "16,24,32,48"))
        {
            long found = 0;
            for (int i = 0; i < queries.Rows; i++)
            {
                hnsw.Search(queries.Row(i), hits, breadth, Filter());
                foreach (Hit hit in hits)
                    found += exact[i].Contains(hit.Index) ? 1 : 0;
            }
            Timing search = Stopwatcher.Time(() =>
            {
                for (int i = 0; i < queries.Rows; i++)
                    hnsw.Search(queries.Row(i), hits, breadth, Filter());
            }, options.Seconds / 2);
            double recall = found / (double)(k * queries.Rows);
            best = Math.Max(best, recall);
            more.Add(($"recall_ef{breadth}", recall));
            more.Add(($"qps_ef{breadth}", queries.Rows / search.Median));
        }
        return new() { Timing = build, Items = rows.Rows, Recall = best, More = more };
    }

    private static int[][] Exact(RowMatrix rows, RowMatrix queries, int k, ulong[]? allowed) =>
    [
        .. Enumerable.Range(0, queries.Rows).AsParallel().AsOrdered().Select(i =>
        {
            var hits = new Hit[k];
            int n = ExactSearch.Search(queries.Row(i), rows, hits, allowed is null ? default(RowFilter) : allowed);
            return hits[..n].Select(h => h.Index).ToArray();
        }),
    ];

    private static ulong[] Allowed(int n, double share, int seed)
    {
        var random = new Random(seed);
        var words = new ulong[(n + 63) / 64];
        for (int i = 0; i < n; i++)
            words[i / 64] |= random.NextDouble() < share ? 1UL << (i % 64) : 0;
        return words;
    }

    private static int[][] Read(string path, int queries, int k)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return [.. Enumerable.Range(0, queries).Select(i => Enumerable.Range(0, k).Select(j => BitConverter.ToInt32(bytes, (i * k + j) * 4)).ToArray())];
    }
}
