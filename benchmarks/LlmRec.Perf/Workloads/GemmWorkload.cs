using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>One matrix product, C (m, n) = A (m, k) · B (k, n): beside OpenBLAS's sgemm and the multiply-add peak.</summary>
internal sealed class GemmWorkload : IWorkload
{
    public string Name => "gemm";

    public string Description => "matrix product: --m 128 --k 384 --n 384 --weights packed|winograd|int8|rows|transposed|left|gram --epilogue none|gelu|residual --threads 1";

    public PerfResult Run(PerfArguments options)
    {
        int m = options.Int("m", 128), k = options.Int("k", 384), n = options.Int("n", 384), threads = options.Threads;
        string weights = options.Text("weights", "packed"), epilogue = options.Text("epilogue", "none");
        var random = new Random(options.Seed);
        RowMatrix a = Draw(random, m, k), b = Draw(random, k, n), c = new(m, n);
        float[] bias = new float[n];
        Action product = Product(weights, epilogue, a, b, c, bias, threads, random);

        // a small product is repeated within a call, to keep the clock out of the figure
        double operations = 2.0 * m * n * k / (weights == "gram" ? 2 : 1);
        int repeats = (int)Math.Max(1, 2e7 / operations);
        Timing timing = Stopwatcher.Time(() =>
        {
            for (int i = 0; i < repeats; i++) product();
        }, options.Seconds);
        return new() { Timing = timing, Operations = operations * repeats, Items = (double)m * repeats };
    }

    private static Action Product(string weights, string epilogue, RowMatrix a, RowMatrix b, RowMatrix c, float[] bias, int threads, Random random)
    {
        ProductOptions Options() => epilogue switch
        {
            "none" => new() { Threads = threads },
            "gelu" => new() { Threads = threads, Bias = bias, Activation = Activation.Gelu },
            "residual" => new() { Threads = threads, Bias = bias, Residual = c },
            _ => throw new ArgumentException($"--epilogue is none, gelu or residual, got '{epilogue}'"),
        };
        switch (weights)
        {
            case "packed":
                var packed = PackedMatrix.Pack(b);
                return () => MatrixProduct.Multiply(a, packed, c, Options());
            case "winograd":
                var paired = WinogradMatrix.Pack(b);
                return () => MatrixProduct.Multiply(a, paired, c, Options());
            case "int8":
                var quantized = QuantizedMatrix.Pack(b);
                return () => MatrixProduct.Multiply(a, quantized, c, Options());
            case "rows":
                return () => MatrixProduct.Multiply(a, (ReadOnlyMatrixSpan)b, c, Options());
            case "transposed":
                RowMatrix right = Draw(random, b.Columns, b.Rows);
                return () => MatrixProduct.MultiplyTransposedRight(a, right, c, Options());
            case "left":
                RowMatrix left = Draw(random, a.Columns, a.Rows);
                return () => MatrixProduct.MultiplyTransposedLeft(left, (ReadOnlyMatrixSpan)b, c, Options());
            case "gram":
                if (a.Rows != c.Columns) throw new ArgumentException("--weights gram wants --m and --n equal");
                return () => MatrixProduct.GramOfRows(a, c, new() { Threads = threads });
            default:
                throw new ArgumentException($"--weights is packed, winograd, int8, rows, transposed, left or gram, got '{weights}'");
        }
    }

    private static RowMatrix Draw(Random random, int rows, int columns)
    {
        var matrix = new RowMatrix(rows, columns);
        for (int i = 0; i < rows; i++)
            foreach (ref float x in matrix.Row(i)) x = random.NextSingle() * 2 - 1;
        return matrix;
    }
}
