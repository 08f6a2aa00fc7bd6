using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>Iterations of implicit ALS over pairs from a file, exactly or by conjugate gradients.</summary>
internal sealed class AlsWorkload(bool gradient) : IWorkload
{
    public string Name => gradient ? "als-cg" : "als";

    public string Description => $"an iteration of implicit ALS, {(gradient ? "three conjugate gradient steps" : "exact")}: --coo FOLDER (coo_user_i32.bin, coo_item_i32.bin) --f 64 --peak GFLOP/s --threads 1 --iterations 3";

    public PerfResult Run(PerfArguments options)
    {
        int f = options.Int("f", 64), threads = options.Threads, iterations = options.Int("iterations", 3);
        double peak = options.Double("peak", 0);
        SparseMatrix users = Coo.Read(options.Text("coo", "."), binary: true), items = users.Transpose();
        RowMatrix x = new(users.Rows, f), y = new(users.Columns, f);
        var random = new Random(options.Seed);
        for (int i = 0; i < y.Rows; i++)
            foreach (ref float v in y.Row(i)) v = 0.01f * random.NextSingle();
        for (int i = 0; i < x.Rows; i++)
            foreach (ref float v in x.Row(i)) v = 0.01f * random.NextSingle();

        // once outside the clock, for the compiler
        Half(users, y, x, threads);
        Half(items, x, y, threads);
        Timing timing = Stopwatcher.Time(() =>
        {
            Half(users, y, x, threads);
            Half(items, x, y, threads);
        }, 0, iterations);
        double operations = gradient
            ? 4.0 * (2 * 4.0 * users.Entries * f + (users.Rows + items.Rows) * 2.0 * f * f)
            : 2.0 * users.Entries * f * f + (users.Rows + items.Rows) * ((double)f * f * f / 3);
        return new()
        {
            Timing = timing, Operations = operations, Items = users.Rows + items.Rows,
            More = peak == 0 ? [] : [("share_of_peak", operations / timing.Median / 1e9 / peak)],
        };
    }

    /// <summary>The half step of the library's own model, with α = 10 and λ = 0.01.</summary>
    private void Half(SparseMatrix matrix, RowMatrix y, RowMatrix x, int threads)
    {
        var ridge = new RidgeRows(y, 1, 9, 10, threads);
        Parallel.For(0, matrix.Rows, new ParallelOptions { MaxDegreeOfParallelism = threads }, r =>
        {
            if (gradient) ridge.Improve(matrix.ColumnsOf(r), 0.01f, 3, x.Row(r));
            else if (!ridge.Solve(matrix.ColumnsOf(r), 0.01f, x.Row(r))) throw new InvalidDataException($"row {r} has no solution in float32");
        });
    }
}
