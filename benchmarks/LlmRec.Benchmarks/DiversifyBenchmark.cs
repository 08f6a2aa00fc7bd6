using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using LlmRec.Kernels;

namespace LlmRec.Benchmarks;

/// <summary>What do bounds gain over MMR's plain loop, which compares every candidate with every pick?</summary>
[MemoryDiagnoser]
public class DiversifyBenchmark
{
    private const int Columns = 256, Picks = 10;
    private readonly Pick[] _picks = new Pick[Picks];
    private readonly Diversifier _mmr = Diversifier.Create(DiversityStrategy.Mmr);
    private RankedCandidates _candidates = null!;
    private float[] _worst = null!;

    /// <summary>Number of candidates.</summary>
    [Params(1000, 10_000)]
    public int Candidates { get; set; }

    /// <summary>Draws unit vectors and scores.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var rows = new AlignedBuffer<float>(Candidates * Columns);
        for (int i = 0; i < rows.Length; i += Columns)
        {
            Span<float> row = rows.Span.Slice(i, Columns);
            for (int j = 0; j < Columns; j++)
                row[j] = random.NextSingle() - 0.5f;
            TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
        }
        float[] scores = [.. Enumerable.Range(0, Candidates).Select(_ => random.NextSingle())];
        _candidates = new() { Scores = scores, Vectors = rows.Memory, Dimensions = Columns };
        _worst = new float[Candidates];
    }

    /// <summary>The plain loop, vectorised products.</summary>
    [Benchmark(Baseline = true)]
    public int Plain()
    {
        ReadOnlySpan<float> scores = _candidates.Scores.Span;
        Array.Clear(_worst);
        int last = TensorPrimitives.IndexOfMax(scores);
        for (int k = 1; k < Picks; k++)
        {
            _worst[last] = float.PositiveInfinity;
            int best = 0;
            for (int i = 0; i < Candidates; i++)
            {
                _worst[i] = Math.Max(_worst[i], TensorPrimitives.Dot(_candidates.VectorAt(i), _candidates.VectorAt(last)));
                if (0.5f * scores[i] - 0.5f * _worst[i] > 0.5f * scores[best] - 0.5f * _worst[best])
                    best = i;
            }
            last = best;
        }
        return last;
    }

    /// <summary>The library's.</summary>
    [Benchmark]
    public int WithBounds() => _mmr.Diversify(_candidates, 0.5, _picks);
}
