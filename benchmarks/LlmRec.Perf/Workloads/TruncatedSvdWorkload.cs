using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>The strongest directions of a sparse matrix from a file: beside scikit-learn's randomised SVD.</summary>
internal sealed class TruncatedSvdWorkload : IWorkload
{
    public string Name => "truncated-svd";

    public string Description => "truncated SVD with values: --coo FOLDER --f 64 --passes 4 --oversampling 16 --threads 1 --calls 3; prints the share of the squared values it holds";

    public PerfResult Run(PerfArguments options)
    {
        int f = options.Int("f", 64), calls = options.Int("calls", 3);
        double peak = options.Double("peak", 0);
        SparseMatrix matrix = Coo.Read(options.Text("coo", "."), binary: false);
        var how = new TruncatedSvdOptions { PowerIterations = options.Int("passes", new TruncatedSvdOptions().PowerIterations), Oversampling = options.Int("oversampling", new TruncatedSvdOptions().Oversampling), MaxThreads = options.Threads };
        TruncatedSvd? svd = null;
        Timing timing = Stopwatcher.Time(() => svd = TruncatedSvd.Compute(matrix, f, how), 0, calls);
        double all = 0, held = 0;
        for (int i = 0; i < matrix.Rows; i++)
            foreach (float v in matrix.ValuesOf(i)) all += (double)v * v;
        foreach (double σ in svd!.SingularValues) held += σ * σ;
        int l = (f + how.Oversampling + 15) / 16 * 16;
        double operations = 2.0 * l * matrix.Entries * (2 * how.PowerIterations + 1);
        return new()
        {
            Timing = timing, Operations = operations,
            More = [("held", held / all), ("last_value", svd.SingularValues[^1]), .. peak == 0 ? [] : ((string, double)[])[("share_of_peak", operations / timing.Median / 1e9 / peak)]],
        };
    }
}
