using System.Globalization;
using LlmRec.Kernels;

namespace LlmRec.Benchmarking;

/// <summary>A recommender over given vectors and an invented log, for figures that need no text.</summary>
internal static class VectorShop
{
    /// <summary>Builds it: items i0, i1, … and users u0, u1, …, with the head's default weights.</summary>
    /// <param name="vectors">One unit row an item.</param>
    /// <param name="users">Number of users.</param>
    /// <param name="events">Events of each: half of them near a home of the user's own, half among what everybody likes.</param>
    /// <param name="seed">Seed of the log.</param>
    public static Recommender Build(RowMatrix vectors, int users, int events, int seed)
    {
        int n = vectors.Rows;
        var catalog = new Catalog(Enumerable.Range(0, n).Select(i => new Item { Id = $"i{i}", Categories = [$"c{i % 50}"] }));
        var random = new Random(seed);
        var log = new InteractionLog();
        for (int u = 0; u < users; u++)
        {
            int home = random.Next(n);
            for (int e = 0; e < events; e++)
            {
                int item = e % 2 == 0 ? (home + random.Next(400)) % n : (int)(n * Math.Pow(random.NextDouble(), 4));
                log.Add($"u{u}", $"i{item}", InteractionKind.View, null, DateTimeOffset.UnixEpoch.AddMinutes(u * 7 + e * 60));
            }
        }
        return new RecommenderBuilder(catalog, log).UseItemEncoder(new GivenVectors(vectors)).WithoutFitting().BuildAsync().GetAwaiter().GetResult();
    }

    private sealed class GivenVectors(RowMatrix vectors) : IItemEncoder
    {
        public int Dimensions => vectors.Columns;

        public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> destination, CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < items.Count; i++)
                vectors.Row(int.Parse(items[i].Id.AsSpan(1), CultureInfo.InvariantCulture)).CopyTo(destination.Span[(i * Dimensions)..]);
            return ValueTask.CompletedTask;
        }
    }
}
