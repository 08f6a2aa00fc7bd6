using BenchmarkDotNet.Attributes;
using LlmRec.Kernels;

namespace LlmRec.Benchmarks;

/// <summary>What does a layer of an encoder cost with packed float32 weights, with int8 weights, and with the plain triple loop?</summary>
[MemoryDiagnoser]
public class MatrixProductBenchmark
{
    private const int K = 384, N = 384;
    private RowMatrix _a = null!, _c = null!;
    private float[] _b = null!;
    private PackedMatrix _packed = null!;
    private QuantizedMatrix _quantized = null!;

    /// <summary>Rows of the left side: tokens.</summary>
    [Params(16, 128)]
    public int M { get; set; }

    /// <summary>Draws the matrices.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _a = new RowMatrix(M, K);
        for (int i = 0; i < M; i++)
            foreach (ref float x in _a.Row(i)) x = random.NextSingle() - 0.5f;
        _b = new float[K * N];
        foreach (ref float x in _b.AsSpan()) x = random.NextSingle() - 0.5f;
        _c = new RowMatrix(M, N);
        _packed = PackedMatrix.Pack(new(_b, K, N));
        _quantized = QuantizedMatrix.Pack(new(_b, K, N));
    }

    /// <summary>The plain loop, in the order that reads rows.</summary>
    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        for (int i = 0; i < M; i++)
        {
            Span<float> c = _c.Row(i);
            c.Clear();
            for (int p = 0; p < K; p++)
            {
                float a = _a.Row(i)[p];
                for (int j = 0; j < N; j++) c[j] += a * _b[p * N + j];
            }
        }
    }

    /// <summary>float32 weights, packed once.</summary>
    [Benchmark]
    public void PackedWeights() => MatrixProduct.Multiply(_a, _packed, _c);

    /// <summary>float32 weights as they lie, packed on the way.</summary>
    [Benchmark]
    public void WeightsAsTheyLie() => MatrixProduct.Multiply(_a, new ReadOnlyMatrixSpan(_b, K, N), _c);

    /// <summary>int8 weights, rows quantised on the way.</summary>
    [Benchmark]
    public void QuantizedWeights() => MatrixProduct.Multiply(_a, _quantized, _c);
}
