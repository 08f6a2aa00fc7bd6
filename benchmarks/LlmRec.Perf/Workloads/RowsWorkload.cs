using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>A function of rows that lie in the second cache: nanoseconds a value.</summary>
internal sealed class RowsWorkload : IWorkload
{
    public string Name => "rows";

    public string Description => "row function: --what softmax|logsoftmax|layernorm|rmsnorm|gelu|gelutanh|silu --n 64 --d 384";

    public PerfResult Run(PerfArguments options)
    {
        int n = options.Int("n", 64), d = options.Int("d", 384);
        string what = options.Text("what", "softmax");
        var random = new Random(options.Seed);
        RowMatrix x = new(n, d), y = new(n, d);
        for (int i = 0; i < n; i++)
            foreach (ref float v in x.Row(i)) v = random.NextSingle() * 8 - 4;
        float[] gain = [.. Enumerable.Repeat(1f, d)];

        Action body = what switch
        {
            "softmax" => () => EachRow(x, y, static (from, to) => RowFunctions.Softmax(from, to)),
            "logsoftmax" => () => EachRow(x, y, static (from, to) => RowFunctions.LogSoftmax(from, to)),
            "layernorm" => () => RowFunctions.LayerNorm(x, gain, gain, 1e-5f, y),
            "rmsnorm" => () => RowFunctions.RmsNorm(x, gain, 1e-5f, y),
            "gelu" => () => EachRow(x, y, static (from, to) => RowFunctions.Gelu(from, to)),
            "gelutanh" => () => EachRow(x, y, static (from, to) => RowFunctions.GeluTanh(from, to)),
            "silu" => () => EachRow(x, y, static (from, to) => RowFunctions.Silu(from, to)),
            _ => throw new ArgumentException($"--what does not know '{what}'"),
        };
        int repeats = Math.Max(1, 1_000_000 / (n * d));
        Timing timing = Stopwatcher.Time(() =>
        {
            for (int i = 0; i < repeats; i++) body();
        }, options.Seconds);
        double values = (double)n * d * repeats;
        return new() { Timing = timing, Items = values, More = [("ns_per_value", timing.Median * 1e9 / values)] };
    }

    private delegate void RowFunction(ReadOnlySpan<float> from, Span<float> to);

    private static void EachRow(RowMatrix x, RowMatrix y, RowFunction function)
    {
        for (int i = 0; i < x.Rows; i++) function(x.Row(i), y.Row(i));
    }
}
