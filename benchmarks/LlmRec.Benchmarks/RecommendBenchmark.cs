using BenchmarkDotNet.Attributes;
using LlmRec.Benchmarking;
using LlmRec.Kernels;

namespace LlmRec.Benchmarks;

/// <summary>What does a whole answer cost, beside reading the item vectors once?</summary>
[MemoryDiagnoser]
public class RecommendBenchmark
{
    private const int Items = 50_000, Dimensions = 256, Users = 5_000, Events = 40;
    private RowMatrix _vectors = null!;
    private Recommender _recommender = null!;
    private int _user;

    /// <summary>Draws unit vectors and a log.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _vectors = new RowMatrix(Items, Dimensions);
        for (int i = 0; i < Items; i++)
        {
            Span<float> row = _vectors.Row(i);
            foreach (ref float x in row) x = random.NextSingle() - 0.5f;
            float norm = Similarity.Norm(row);
            foreach (ref float x in row) x /= norm;
        }
        _recommender = VectorShop.Build(_vectors, Users, Events, 1);
    }

    /// <summary>Frees the recommender.</summary>
    [GlobalCleanup]
    public void Cleanup() => _recommender.Dispose();

    /// <summary>The least any exact answer must do.</summary>
    [Benchmark(Baseline = true)]
    public float ReadVectorsOnce() => System.Numerics.Tensors.TensorPrimitives.Sum<float>(_vectors.Padded);

    /// <summary>Ten items with explanations.</summary>
    [Benchmark]
    public RecommendationList Recommend() => _recommender.Recommend($"u{_user = (_user + 1) % Users}");

    /// <summary>The same at diversity 0.5.</summary>
    [Benchmark]
    public RecommendationList RecommendVaried() => _recommender.Recommend($"u{_user = (_user + 1) % Users}", new() { Diversity = 0.5 });
}
