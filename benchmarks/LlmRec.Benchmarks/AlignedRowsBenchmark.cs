using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using LlmRec.Kernels;

namespace LlmRec.Benchmarks;

/// <summary>What do rows on 64-byte boundaries gain over an ordinary array, for a row-by-row dot product that fits the second-level cache?</summary>
[MemoryDiagnoser]
public class AlignedRowsBenchmark
{
    private const int Columns = 384;
    private RowMatrix _aligned = null!;
    private float[] _ordinary = null!;
    private float[] _query = null!;

    /// <summary>Number of rows; 256 rows of 384 floats are 384 KiB.</summary>
    [Params(256)]
    public int Rows { get; set; }

    /// <summary>Draws the rows.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        // One element past a cache line's start: the worst an ordinary array can do.
        _ordinary = new float[Rows * Columns + 1];
        for (int i = 0; i < _ordinary.Length; i++)
            _ordinary[i] = random.NextSingle() - 0.5f;
        _aligned = RowMatrix.From(_ordinary.AsSpan(1), Columns);
        _query = _ordinary[..Columns];
    }

    /// <summary>The plain loop.</summary>
    [Benchmark(Baseline = true)]
    public float Scalar()
    {
        float best = float.NegativeInfinity;
        for (int i = 0; i < Rows; i++)
        {
            float sum = 0;
            for (int j = 0; j < Columns; j++)
                sum += _ordinary[1 + i * Columns + j] * _query[j];
            best = Math.Max(best, sum);
        }
        return best;
    }

    /// <summary>Vectorised, rows wherever the array lies.</summary>
    [Benchmark]
    public float OrdinaryArray()
    {
        float best = float.NegativeInfinity;
        for (int i = 0; i < Rows; i++)
            best = Math.Max(best, TensorPrimitives.Dot(_ordinary.AsSpan(1 + i * Columns, Columns), _query));
        return best;
    }

    /// <summary>Vectorised, rows on cache lines.</summary>
    [Benchmark]
    public float AlignedRows()
    {
        float best = float.NegativeInfinity;
        for (int i = 0; i < Rows; i++)
            best = Math.Max(best, TensorPrimitives.Dot(_aligned.Row(i), _query));
        return best;
    }
}
