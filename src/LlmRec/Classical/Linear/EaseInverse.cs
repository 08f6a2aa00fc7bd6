using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>P = (XᵀX + λI)⁻¹ in float64 over the n items that occur: found, and kept up with users who come, change and go.</summary>
internal static class EaseInverse
{
    private const int Block = 64;

    /// <summary>Refines an inverse until the residual is as small as float64 makes it: each step squares it.</summary>
    /// <param name="users">X (users, items).</param>
    /// <param name="place">Item → place among the n.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="rough">P (n, n) in float32; overwritten.</param>
    /// <param name="n">n.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <remarks>O(n · pairs + n³) a step.</remarks>
    public static double[] Refine(SparseMatrix users, int[] place, double lambda, float[] rough, int n, int threads, CancellationToken cancellationToken)
    {
        double[] p = new double[n * n];
        TensorPrimitives.ConvertTruncating<float, double>(rough, p);
        float[] rest = new float[n * n], step = new float[n * n];
        double last = double.PositiveInfinity;
        for (int pass = 0; pass < 5; pass++)
        {
            double largest = Residual(users, place, lambda, p, n, rest, threads, cancellationToken);
            if (largest < 1e-13 || !(largest < last / 2)) break;
            last = largest;
            if (n > 0) MatrixProduct.Multiply(new MatrixSpan(rough, n, n), new ReadOnlyMatrixSpan(rest, n, n), new MatrixSpan(step, n, n), new ProductOptions { Threads = threads });
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    double value = (p[i * n + j] + step[i * n + j] + p[j * n + i] + step[j * n + i]) / 2;
                    p[i * n + j] = p[j * n + i] = value;
                    rough[i * n + j] = rough[j * n + i] = (float)value;
                }
            }
        }
        return p;
    }

    /// <summary>rest ← I − (XᵀX + λI) P; returns its largest entry.</summary>
    private static double Residual(SparseMatrix users, int[] place, double lambda, double[] p, int n, float[] rest, int threads, CancellationToken cancellationToken)
    {
        double largest = 0;
        Lock gate = new();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        // a block of columns at a time: A·P = λP + Σ over users of x (xᵀ P)
        Parallel.For(0, (n + Block - 1) / Block, parallel, () => (Sum: new double[n * Block], Row: new double[Block]), (b, _, scratch) =>
        {
            int from = b * Block, width = Math.Min(Block, n - from);
            Span<double> row = scratch.Row.AsSpan(0, width);
            for (int i = 0; i < n; i++) TensorPrimitives.Multiply(p.AsSpan(i * n + from, width), lambda, scratch.Sum.AsSpan(i * Block, width));
            for (int u = 0; u < users.Rows; u++)
            {
                ReadOnlySpan<int> items = users.ColumnsOf(u);
                row.Clear();
                foreach (int i in items) TensorPrimitives.Add(row, p.AsSpan(place[i] * n + from, width), row);
                foreach (int i in items)
                {
                    Span<double> sum = scratch.Sum.AsSpan(place[i] * Block, width);
                    TensorPrimitives.Add(sum, row, sum);
                }
            }
            double most = 0;
            for (int i = 0; i < n; i++)
            {
                for (int c = 0; c < width; c++)
                {
                    double r = (i == from + c ? 1 : 0) - scratch.Sum[i * Block + c];
                    most = Math.Max(most, Math.Abs(r));
                    rest[i * n + from + c] = (float)r;
                }
            }
            lock (gate) largest = Math.Max(largest, most);
            return scratch;
        }, static _ => { });
        return largest;
    }

    /// <summary>P ← (A + sign · x xᵀ)⁻¹ by the formula of Sherman and Morrison, x being the 0/1 row of some places. O(n²).</summary>
    public static void Turn(double[] p, int n, ReadOnlySpan<int> places, int sign, int threads)
    {
        if (places.IsEmpty) return;
        double[] z = new double[n];
        foreach (int a in places) TensorPrimitives.Add<double>(z, p.AsSpan(a * n, n), z);
        double inner = 0;
        foreach (int a in places) inner += z[a];
        double scale = -sign / (1 + sign * inner);
        Parallel.For(0, n, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            if (z[i] != 0) TensorPrimitives.MultiplyAdd<double>(z, scale * z[i], p.AsSpan(i * n, n), p.AsSpan(i * n, n));
        });
    }

    /// <summary>P over other items: those that were not there stand alone, with 1/λ on the diagonal.</summary>
    public static double[] Move(double[] p, int[] active, int[] target, double lambda)
    {
        int n = target.Length, old = active.Length;
        double[] moved = new double[n * n];
        int[] from = [.. target.Select(i => Array.BinarySearch(active, i))];
        for (int a = 0; a < n; a++)
        {
            if (from[a] < 0)
            {
                moved[a * n + a] = 1 / lambda;
                continue;
            }
            for (int b = 0; b < n; b++)
                if (from[b] >= 0) moved[a * n + b] = p[from[a] * old + from[b]];
        }
        return moved;
    }
}
