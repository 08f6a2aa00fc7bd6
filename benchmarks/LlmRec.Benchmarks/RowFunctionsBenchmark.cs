using BenchmarkDotNet.Attributes;
using LlmRec.Kernels;

namespace LlmRec.Benchmarks;

/// <summary>What does the softmax of an attention row cost beside the plain loop with <see cref="MathF.Exp"/>?</summary>
[MemoryDiagnoser]
public class RowFunctionsBenchmark
{
    private float[] _x = null!, _y = null!;

    /// <summary>Values in a row.</summary>
    [Params(16, 128, 1000)]
    public int Length { get; set; }

    /// <summary>Draws the row.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _x = [.. Enumerable.Range(0, Length).Select(_ => random.NextSingle() * 8 - 4)];
        _y = new float[Length];
    }

    /// <summary>The plain loop.</summary>
    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        float max = float.NegativeInfinity, sum = 0;
        foreach (float v in _x) max = MathF.Max(max, v);
        for (int i = 0; i < _x.Length; i++) sum += _y[i] = MathF.Exp(_x[i] - max);
        for (int i = 0; i < _y.Length; i++) _y[i] /= sum;
    }

    /// <summary>The library's.</summary>
    [Benchmark]
    public void Softmax() => RowFunctions.Softmax(_x, _y);
}
