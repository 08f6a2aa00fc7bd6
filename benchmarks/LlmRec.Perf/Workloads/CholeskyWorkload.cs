using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>Factoring, solving or inverting a positive definite matrix: what a linear autoencoder (large n) or an ALS step (small n) costs.</summary>
internal sealed class CholeskyWorkload : IWorkload
{
    public string Name => "cholesky";

    public string Description => "positive definite matrix: --n 1024 --what factor|invert|system (factor and solve one right side) --threads 1";

    public PerfResult Run(PerfArguments options)
    {
        int n = options.Int("n", 1024), threads = options.Threads;
        string what = options.Text("what", "factor");
        var random = new Random(options.Seed);
        RowMatrix x = new(n, n), a = new(n, n), work = new(n, n);
        for (int i = 0; i < n; i++)
            foreach (ref float v in x.Row(i)) v = random.NextSingle() * 2 - 1;
        MatrixProduct.Gram(x, a, new() { Scale = 1f / n, Threads = threads });
        for (int i = 0; i < n; i++) a.Row(i)[i] += 0.5f;
        float[] b = new float[n];

        double cube = (double)n * n * n;
        (Action body, double operations) = what switch
        {
            "factor" => ((Action)(() => Cholesky.Factor(work, threads)), cube / 3),
            "invert" => (() => Cholesky.Invert(work, threads), cube),
            "system" => (() =>
            {
                Cholesky.Factor(work, threads);
                Cholesky.Solve(work, b);
            }, cube / 3 + 2.0 * n * n),
            _ => throw new ArgumentException($"--what is factor, invert or system, got '{what}'"),
        };
        int repeats = (int)Math.Max(1, 2e6 / operations);
        Timing timing = Stopwatcher.Time(() =>
        {
            for (int i = 0; i < repeats; i++)
            {
                a.Padded.CopyTo(work.Padded);
                b.AsSpan().Fill(1);
                body();
            }
        }, options.Seconds);
        return new() { Timing = timing, Operations = operations * repeats, Items = repeats };
    }
}
