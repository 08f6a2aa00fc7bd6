using LlmRec.Kernels;

namespace LlmRec.Kernels.Tests;

internal sealed class TruncatedSvdTests
{
    [Test]
    public void Compute_FindsTheSingularValuesOfAKnownMatrix([Values(40, 90, 200)] int rows, [Values(30, 90, 150)] int columns)
    {
        SparseMatrix x = RandomSparse(rows, columns, 0.2, 5);
        double[] exact = ExactSingularValues(x);
        TruncatedSvd svd = TruncatedSvd.Compute(x, 10, new() { PowerIterations = 60, Oversampling = 22 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(svd.SingularValues.ToArray(), Is.EqualTo(exact.Take(10)).Within(1e-9));
            Assert.That(NonOrthogonality(svd, columns), Is.LessThan(1e-10));
            Assert.That(NormOfProjection(x, svd), Is.EqualTo(Math.Sqrt(exact.Take(10).Sum(s => s * s))).Within(1e-9));
        }
    }

    [Test]
    public void Compute_InFloat32FindsWhatFloat64Does([Values(1, 2, 4, 8)] int passes)
    {
        SparseMatrix x = RandomSparse(900, 400, 0.05, 6);
        var options = new TruncatedSvdOptions { PowerIterations = passes };
        TruncatedSvd narrow = TruncatedSvd.Compute(x, 12, options), wide = TruncatedSvd.Compute(x, 12, options with { DoublePrecision = true });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(narrow.SingularValues.ToArray(), Is.EqualTo(wide.SingularValues.ToArray()).Within(1e-5 * wide.SingularValues[0]));
            Assert.That(NonOrthogonality(narrow, 400), Is.LessThan(1e-10));
        }
    }

    [Test]
    public void Compute_LowRankMatrix_ReturnsItsRankAndRebuildsIt([Values(12, 60)] int columns)
    {
        // Rows 3i, 3i + 1, 3i + 2 are multiples of each other, and only five different ones exist.
        const int rows = 30, rank = 5;
        int[] starts = [.. Enumerable.Range(0, rows + 1).Select(i => i * 2)];
        int[] cols = [.. Enumerable.Range(0, rows).SelectMany(i => new[] { i % rank, i % rank + rank })];
        float[] values = [.. Enumerable.Range(0, rows).SelectMany(i => new[] { 1f + i % rank, 2f })];
        var x = new SparseMatrix(columns, starts, cols, values);
        TruncatedSvd svd = TruncatedSvd.Compute(x, 11);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(svd.Rank, Is.EqualTo(rank));
            Assert.That(NonOrthogonality(svd, columns), Is.LessThan(1e-12));
            Assert.That(NormOfProjection(x, svd), Is.EqualTo(Math.Sqrt(values.Sum(v => (double)v * v))).Within(1e-10));
        }
    }

    [Test]
    public void Compute_EmptyZeroAndTinyMatrices_AreNoError()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TruncatedSvd.Compute(new SparseMatrix(0, [0], [], []), 4).Rank, Is.Zero);
            Assert.That(TruncatedSvd.Compute(new SparseMatrix(5, [0, 0, 0], [], []), 4).Rank, Is.Zero);
            Assert.That(TruncatedSvd.Compute(new SparseMatrix(5, [0, 1, 2], [0, 1], [0f, 0f]), 4).Rank, Is.Zero);
            TruncatedSvd one = TruncatedSvd.Compute(new SparseMatrix(1, [0, 1], [0], [-3f]), 4, new() { PowerIterations = 0 });
            Assert.That(one.SingularValues.ToArray(), Is.EqualTo(new[] { 3.0 }).Within(1e-14));
            Assert.That(one.RightVectors.ToArray(), Is.EqualTo(new[] { 1.0 }).Within(1e-14));
        }
    }

    [Test]
    public void Compute_GivesTheSameBytes_ForAnyNumberOfThreads()
    {
        SparseMatrix x = RandomSparse(5000, 700, 0.01, 3);
        TruncatedSvd one = TruncatedSvd.Compute(x, 20, new() { MaxThreads = 1 });
        foreach (int threads in new[] { 2, 3, 0 })
        {
            TruncatedSvd many = TruncatedSvd.Compute(x, 20, new() { MaxThreads = threads });
            Assert.That(many.RightVectors.SequenceEqual(one.RightVectors) && many.SingularValues.SequenceEqual(one.SingularValues), $"{threads} threads");
        }
    }

    [Test]
    public void Compute_DifferentSeeds_AgreeOnTheSpace()
    {
        SparseMatrix x = RandomSparse(300, 200, 0.1, 4);
        TruncatedSvd a = TruncatedSvd.Compute(x, 5, new() { Seed = 1, PowerIterations = 80 }), b = TruncatedSvd.Compute(x, 5, new() { Seed = 2, PowerIterations = 80 });
        Assert.That(a.RightVectors.ToArray(), Is.EqualTo(b.RightVectors.ToArray()).Within(1e-7));
    }

    [Test]
    public void Compute_StopsWhenAsked_AndReportsProgress()
    {
        SparseMatrix x = RandomSparse(50, 40, 0.2, 1);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var seen = new List<double>();
        TruncatedSvd.Compute(x, 3, null, new Recorder(seen));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => TruncatedSvd.Compute(x, 3, cancellationToken: cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(seen, Is.Ordered);
            Assert.That(seen[^1], Is.EqualTo(1));
            Assert.That(() => TruncatedSvd.Compute(x, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    private sealed class Recorder(List<double> seen) : IProgress<double>
    {
        public void Report(double value) => seen.Add(value);
    }

    private static SparseMatrix RandomSparse(int rows, int columns, double density, int seed)
    {
        var random = new Random(seed);
        List<int> starts = [0], cols = [];
        List<float> values = [];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                if (random.NextDouble() >= density) continue;
                cols.Add(j);
                values.Add((float)(random.NextDouble() * Math.Exp(-3.0 * j / columns)));
            }
            starts.Add(cols.Count);
        }
        return new SparseMatrix(columns, [.. starts], [.. cols], [.. values]);
    }

    private static double[] ExactSingularValues(SparseMatrix x)
    {
        int m = x.Columns;
        var gram = new double[m * m];
        for (int i = 0; i < x.Rows; i++)
            for (int a = 0; a < x.ColumnsOf(i).Length; a++)
                for (int b = 0; b < x.ColumnsOf(i).Length; b++)
                    gram[x.ColumnsOf(i)[a] * m + x.ColumnsOf(i)[b]] += (double)x.ValuesOf(i)[a] * x.ValuesOf(i)[b];
        double[] values = new double[m];
        SymmetricEigen.Decompose(gram, m, values, new double[m * m]);
        return [.. values.Select(v => Math.Sqrt(Math.Max(v, 0)))];
    }

    private static double NonOrthogonality(TruncatedSvd svd, int columns)
    {
        double worst = 0;
        for (int a = 0; a < svd.Rank; a++)
        {
            for (int b = 0; b < svd.Rank; b++)
            {
                double sum = 0;
                for (int j = 0; j < columns; j++) sum += svd.RightVectors[j * svd.Rank + a] * svd.RightVectors[j * svd.Rank + b];
                worst = Math.Max(worst, Math.Abs(sum - (a == b ? 1 : 0)));
            }
        }
        return worst;
    }

    // ‖X V‖: as large as it can be only when V spans the leading right singular vectors.
    private static double NormOfProjection(SparseMatrix x, TruncatedSvd svd)
    {
        double total = 0;
        for (int i = 0; i < x.Rows; i++)
        {
            for (int k = 0; k < svd.Rank; k++)
            {
                double sum = 0;
                for (int e = 0; e < x.ColumnsOf(i).Length; e++) sum += x.ValuesOf(i)[e] * svd.RightVectors[x.ColumnsOf(i)[e] * svd.Rank + k];
                total += sum * sum;
            }
        }
        return Math.Sqrt(total);
    }
}
