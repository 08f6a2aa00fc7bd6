using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>Principal directions of rows, all in double precision and in a fixed order, so that the result does not depend on threads, and on the processor only far below what a byte can show.</summary>
internal static class PrincipalAxes
{
    private const int Block = 128;

    /// <summary>The rows, centred, in their k principal directions.</summary>
    /// <param name="x">(n, d)</param>
    /// <param name="d">Dimensions of a row.</param>
    /// <param name="k">Directions to keep, at most d.</param>
    /// <param name="whitening">Power of its deviation by which each direction is divided.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="cancellationToken">Asked between blocks.</param>
    /// <returns>(n, k)</returns>
    public static double[] Project(float[] x, int d, int k, double whitening, int threads, CancellationToken cancellationToken)
    {
        int n = x.Length / d;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        double[] mean = new double[d], covariance = new double[d * d], block = new double[Block * d];
        for (int r = 0; r < n; r++)
            for (int i = 0; i < d; i++) mean[i] += x[r * d + i];
        for (int i = 0; i < d; i++) mean[i] /= n;
        for (int from = 0; from < n; from += Block)
        {
            int rows = Math.Min(Block, n - from);
            for (int r = 0; r < rows; r++) Centre(x.AsSpan((from + r) * d, d), mean, block.AsSpan(r * d, d));
            // every entry of the covariance belongs to one thread, which adds the rows in their order
            Parallel.For(0, d, parallel, i =>
            {
                Span<double> to = covariance.AsSpan(i * d, i + 1);
                for (int r = 0; r < rows; r++) TensorPrimitives.MultiplyAdd(block.AsSpan(r * d, i + 1), block[r * d + i], to, to);
            });
        }
        for (int i = 0; i < d; i++)
            for (int j = 0; j <= i; j++)
                covariance[j * d + i] = covariance[i * d + j] /= Math.Max(1, n - 1);

        double[] values = new double[d], vectors = new double[d * d];
        SymmetricEigen.Decompose(covariance, d, values, vectors);
        var factors = new double[k];
        // a direction without variance says nothing, and must not be blown up
        for (int j = 0; j < k; j++) factors[j] = values[j] > values[0] * 1e-12 && values[j] > 0 ? Math.Pow(values[j], -whitening / 2) : 0;
        var y = new double[n * (long)k];
        Parallel.For(0, n, parallel, () => new double[d], (r, _, row) =>
        {
            Centre(x.AsSpan(r * d, d), mean, row);
            for (int j = 0; j < k; j++) y[r * k + j] = TensorPrimitives.Dot<double>(row, vectors.AsSpan(j * d, d)) * factors[j];
            return row;
        }, static _ => { });
        return y;
    }

    private static void Centre(ReadOnlySpan<float> x, ReadOnlySpan<double> mean, Span<double> y)
    {
        for (int i = 0; i < x.Length; i++) y[i] = x[i] - mean[i];
    }
}
