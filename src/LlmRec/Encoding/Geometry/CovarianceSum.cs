using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Mean and covariance of rows that come one after the other; zero rows are passed over. Not thread-safe.</summary>
internal sealed class CovarianceSum(int dimensions, int threads)
{
    // Float32 within a block, double over the blocks: a short block rounds little, which small variances beside large ones need. Rows are taken less the mean of the first block, so that a large common part costs no digits.
    private const int Block = 64;

    private readonly float[] _rows = new float[Block * dimensions];
    private readonly float[] _gram = new float[dimensions * dimensions];
    private readonly double[] _moments = new double[dimensions * dimensions];   // of the shifted rows; lower triangle
    private readonly double[] _sum = new double[dimensions];                    // of the shifted rows
    private readonly float[] _shift = new float[dimensions];
    private int _pending;

    /// <summary>Rows counted.</summary>
    public long Count { get; private set; }

    public void Add(ReadOnlySpan<float> row)
    {
        if (!row.ContainsAnyExcept(0f)) return;
        row.CopyTo(_rows.AsSpan(_pending * dimensions));
        if (++_pending == Block) Flush();
    }

    /// <summary>The mean (d) and the covariance about it (d, d), divided by the number of rows.</summary>
    public (double[] Mean, double[] Covariance) Finish()
    {
        Flush();
        int d = dimensions;
        double[] mean = new double[d], covariance = new double[d * d];
        if (Count == 0) return (mean, covariance);
        for (int i = 0; i < d; i++) mean[i] = _sum[i] / Count;
        for (int i = 0; i < d; i++)
            for (int j = 0; j <= i; j++)
                covariance[i * d + j] = covariance[j * d + i] = _moments[i * d + j] / Count - mean[i] * mean[j];
        for (int i = 0; i < d; i++) mean[i] += _shift[i];
        return (mean, covariance);
    }

    private void Flush()
    {
        if (_pending == 0) return;
        int d = dimensions;
        if (Count == 0)
        {
            var first = new double[d];
            for (int r = 0; r < _pending; r++)
                for (int i = 0; i < d; i++) first[i] += _rows[r * d + i];
            for (int i = 0; i < d; i++) _shift[i] = (float)(first[i] / _pending);
        }
        for (int r = 0; r < _pending; r++)
        {
            Span<float> row = _rows.AsSpan(r * d, d);
            for (int i = 0; i < d; i++)
            {
                row[i] -= _shift[i];
                _sum[i] += row[i];
            }
        }
        MatrixProduct.Gram(new ReadOnlyMatrixSpan(_rows, _pending, d), new MatrixSpan(_gram, d, d), new() { Threads = threads });
        for (int i = 0; i < d; i++)
        {
            ReadOnlySpan<float> from = _gram.AsSpan(i * d, i + 1);
            Span<double> to = _moments.AsSpan(i * d, i + 1);
            for (int j = 0; j < to.Length; j++) to[j] += from[j];
        }
        Count += _pending;
        _pending = 0;
    }
}
