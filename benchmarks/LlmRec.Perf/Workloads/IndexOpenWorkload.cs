using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>Opening a saved index in place, and the first search after it.</summary>
internal sealed class IndexOpenWorkload : IWorkload
{
    public string Name => "index-open";

    public string Description => "opening a saved index: --n 1000000 --d 64 --format Float32|...; also the first search and the saving";

    public PerfResult Run(PerfArguments options)
    {
        int n = options.Int("n", 1_000_000), d = options.Int("d", 64);
        var format = Enum.Parse<RowFormat>(options.Text("format", nameof(RowFormat.Float32)));
        RowMatrix queries = Vectors.Uniform(1, d, options.Seed + 1);
        string path = Path.Combine(Path.GetTempPath(), $"llmrec-perf-{Environment.ProcessId}.index");
        try
        {
            Timing save;
            {
                RowMatrix rows = Vectors.Uniform(n, d, options.Seed);
                var index = new VectorIndex(d, new() { Format = format, Capacity = n });
                for (int i = 0; i < n; i++) index.Upsert(i, rows.Row(i));
                save = Stopwatcher.TimeOnce(() => index.Save(path));
            }
            var hits = new Hit[10];
            Timing open = Stopwatcher.Time(() => VectorIndex.Open(path).Dispose(), options.Seconds);
            using VectorIndex opened = VectorIndex.Open(path);
            Timing first = Stopwatcher.TimeOnce(() => opened.Search(queries.Row(0), hits));
            Timing later = Stopwatcher.Time(() => opened.Search(queries.Row(0), hits), options.Seconds);
            return new()
            {
                Timing = open,
                More = [("save_ms", save.Median * 1e3), ("first_search_ms", first.Median * 1e3), ("later_search_ms", later.Median * 1e3), ("file_mb", new FileInfo(path).Length / 1e6)],
            };
        }
        finally
        {
            File.Delete(path);
        }
    }
}
