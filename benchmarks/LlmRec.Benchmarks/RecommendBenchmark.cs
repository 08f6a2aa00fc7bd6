using BenchmarkDotNet.Attributes;
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
        var catalog = new Catalog(Enumerable.Range(0, Items).Select(i => new Item { Id = $"i{i}", Categories = [$"c{i % 50}"] }));
        var log = new InteractionLog();
        for (int u = 0; u < Users; u++)
        {
            int home = random.Next(Items);
            for (int e = 0; e < Events; e++)
            {
                int item = e % 2 == 0 ? (home + random.Next(400)) % Items : (int)(Items * Math.Pow(random.NextDouble(), 4));
                log.Add($"u{u}", $"i{item}", InteractionKind.View, null, DateTimeOffset.UnixEpoch.AddMinutes(u * 7 + e * 60));
            }
        }
        _recommender = new RecommenderBuilder(catalog, log).UseItemEncoder(new GivenVectors(_vectors)).WithoutFitting().BuildAsync().GetAwaiter().GetResult();
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

    private sealed class GivenVectors(RowMatrix vectors) : IItemEncoder
    {
        public int Dimensions => vectors.Columns;

        public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> destination, CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < items.Count; i++)
                vectors.Row(int.Parse(items[i].Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)).CopyTo(destination.Span[(i * Dimensions)..]);
            return ValueTask.CompletedTask;
        }
    }
}
