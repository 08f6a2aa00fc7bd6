namespace LlmRec.Tests.Classical;

/// <summary>Forty users with tastes of two kinds, thirty items, ratings in halves from 1 to 5.</summary>
internal static class SmallRatings
{
    public static (Catalog Catalog, InteractionLog Log) Make(int seed = 1)
    {
        var random = new SplitMix((ulong)seed);
        var catalog = new Catalog(Enumerable.Range(0, 30).Select(i => new Item { Id = $"i{i}" }));
        var log = new InteractionLog();
        for (int u = 0; u < 40; u++)
        {
            for (int i = 0; i < 30; i++)
            {
                if (random.NextDouble() < 0.6) continue;
                bool liked = (u & 1) == (i & 1);
                log.Add($"u{u}", $"i{i}", InteractionKind.Rating, (liked ? 3.5f : 1f) + 0.5f * random.Next(4));
            }
        }
        return (catalog, log);
    }
}
