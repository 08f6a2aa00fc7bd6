using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>One query against n rows, top-k, for every format; through the row matrix itself or through <see cref="VectorIndex"/>.</summary>
internal sealed class ScanWorkload : IWorkload
{
    public string Name => "scan";

    public string Description => "top-k of one query: --n 100000 --d 384 --k 10 --threads 1 --format Float32|Float16|BFloat16|Int8|Int4|Sign --through rows|index";

    public PerfResult Run(PerfArguments options)
    {
        int n = options.Int("n", 100_000), d = options.Int("d", 384), k = options.Int("k", 10), threads = options.Threads;
        var format = Enum.Parse<RowFormat>(options.Text("format", nameof(RowFormat.Float32)));
        string through = options.Text("through", "rows");
        RowMatrix rows = Vectors.Uniform(n, d, options.Seed), queries = Vectors.Uniform(64, d, options.Seed + 1);
        var hits = new Hit[k];
        int q = 0;
        ReadOnlySpan<float> Next() => queries.Row(q = (q + 1) % queries.Rows);
        double bytesPerValue = format switch { RowFormat.Float32 => 4, RowFormat.Float16 or RowFormat.BFloat16 => 2, RowFormat.Int8 => 1, RowFormat.Int4 => 0.5, _ => 0.125 };

        Action work;
        if (through == "index")
        {
            var index = new VectorIndex(d, new() { Metric = Kernels.VectorMetric.InnerProduct, Format = format, Capacity = n });
            for (int i = 0; i < n; i++) index.Upsert(i, rows.Row(i));
            work = () => index.Search(Next(), hits, maxThreads: threads);
        }
        else if (format == RowFormat.Float32)
        {
            work = () => ExactSearch.Search(Next(), rows, hits, maxThreads: threads);
        }
        else
        {
            var compact = CompactRows.From(rows, format);
            work = () => ExactSearch.Search(Next(), compact, hits, maxThreads: threads);
        }
        return new() { Timing = Stopwatcher.Time(work, options.Seconds), Bytes = bytesPerValue * n * d, Operations = 2.0 * n * d, Items = 1 };
    }
}
