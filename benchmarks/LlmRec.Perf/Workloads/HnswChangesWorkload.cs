using System.Diagnostics;
using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>Changes of an HNSW index one at a time: rows replaced, the time of one; then the time to compact, to save and to open, and the recall after all.</summary>
internal sealed class HnswChangesWorkload : IWorkload
{
    public string Name => "hnsw-changes";

    public string Description => "single upserts into an HNSW index: --n 20000 --d 384 --changes 4000 --rows float32|int8 --threads 1 (of the build)";

    public PerfResult Run(PerfArguments options)
    {
        int n = options.Int("n", 20_000), d = options.Int("d", 384), changes = options.Int("changes", 4000);
        RowMatrix rows = Vectors.Clustered(n, d, options.Seed), fresh = Vectors.Clustered(changes, d, options.Seed + 1), queries = Vectors.Clustered(200, d, options.Seed + 2);
        HnswIndex index = HnswIndex.Build(rows, new()
        {
            Format = options.Text("rows", "float32") == "int8" ? RowFormat.Int8 : RowFormat.Float32,
            Threads = options.Threads,
            CompactAt = 1,
        });
        var random = new Random(options.Seed);
        int i = 0;
        Timing one = Stopwatcher.Time(() => index.Upsert(random.Next(n), fresh.Row(i++ % changes)), double.Epsilon, changes);

        double compact = Seconds(index.Compact);
        string path = Path.Combine(Path.GetTempPath(), $"llmrec-perf-{Environment.ProcessId}.hnsw");
        try
        {
            double save = Seconds(() => index.Save(path)), open = Seconds(() => index = HnswIndex.Open(path));
            return new()
            {
                Timing = one,
                Items = 1,
                Recall = RecallEvaluator.Measure(index, queries),
                More = [("compact_s", compact), ("save_s", save), ("open_s", open), ("file_mb", new FileInfo(path).Length / 1e6)],
            };
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
