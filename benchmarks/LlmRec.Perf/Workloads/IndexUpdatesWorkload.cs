using System.Diagnostics;
using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>Searches of a living index while another thread upserts and deletes at a steady rate, against the same index left alone.</summary>
internal sealed class IndexUpdatesWorkload : IWorkload
{
    public string Name => "index-updates";

    public string Description => "searches of a VectorIndex while rows change: --n 100000 --d 384 --k 10 --rate 1000 (changes a second, one in five a delete) --seconds 6";

    public PerfResult Run(PerfArguments options)
    {
        int n = options.Int("n", 100_000), d = options.Int("d", 384), k = options.Int("k", 10), rate = options.Int("rate", 1000);
        double seconds = options.Double("seconds", 6);
        RowMatrix rows = Vectors.Clustered(n, d, options.Seed), queries = Vectors.Clustered(64, d, options.Seed + 1);
        var index = new VectorIndex(d, new() { Capacity = n });
        for (int i = 0; i < n; i++) index.Upsert(i, rows.Row(i));
        var hits = new Hit[k];
        int q = 0;
        void Search() => index.Search(queries.Row(q = (q + 1) % queries.Rows), hits);

        // In turns, so that a busy neighbour troubles both; every busy turn ages the index further.
        Timing quiet = default, busy = default;
        long changes = 0;
        var random = new Random(options.Seed);
        for (int turn = 0; turn < 3; turn++)
        {
            Timing calm = Stopwatcher.Time(Search, seconds / 6);
            using var stop = new CancellationTokenSource();
            var writer = new Thread(() =>
            {
                long start = Stopwatch.GetTimestamp();
                for (long step = 0; !stop.IsCancellationRequested; step++)
                {
                    int key = random.Next(n);
                    if (step % 5 == 4) index.Remove(key);
                    else index.Upsert(key, rows.Row(random.Next(n)));
                    changes++;
                    while (Stopwatch.GetElapsedTime(start).TotalSeconds * rate < step && !stop.IsCancellationRequested) Thread.Sleep(1);
                }
            });
            writer.Start();
            Timing changing = Stopwatcher.Time(Search, seconds / 6);
            stop.Cancel();
            writer.Join();
            if (turn == 0 || calm.Median < quiet.Median) quiet = calm;
            if (turn == 0 || changing.Median < busy.Median) busy = changing;
        }
        return new()
        {
            Timing = busy,
            Bytes = 4.0 * n * d,
            Items = 1,
            More = [("quiet_median_ms", quiet.Median * 1e3), ("throughput_ratio", quiet.Median / busy.Median), ("changes", changes), ("rows", index.Count)],
        };
    }
}
