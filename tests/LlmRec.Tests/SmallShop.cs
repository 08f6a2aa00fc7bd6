namespace LlmRec.Tests;

/// <summary>A small catalog and log with a clear structure: users of one taste stay within one category.</summary>
internal static class SmallShop
{
    private static readonly string[] Genres = ["space", "kitchen", "garden"];
    private static readonly string[][] Words =
    [
        ["rocket", "planet", "orbit", "galaxy", "astronaut", "star", "comet", "moon"],
        ["recipe", "oven", "bread", "soup", "spice", "knife", "pan", "dinner"],
        ["rose", "soil", "seed", "tree", "hedge", "lawn", "spade", "tulip"],
    ];

    public static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Catalog Catalog(int perGenre = 20)
    {
        var random = new Random(3);
        var items = new List<Item>();
        for (int g = 0; g < Genres.Length; g++)
            for (int i = 0; i < perGenre; i++)
            {
                string[] words = [.. Enumerable.Range(0, 5).Select(_ => Words[g][random.Next(8)])];
                items.Add(new Item { Id = $"{Genres[g]}-{i}", Title = $"{words[0]} {words[1]} {i}", Text = string.Join(' ', words), Categories = [Genres[g]] });
            }
        return new Catalog(items);
    }

    public static InteractionLog Log(int users = 60, int events = 8, int perGenre = 20)
    {
        var random = new Random(5);
        var log = new InteractionLog();
        for (int u = 0; u < users; u++)
            for (int e = 0; e < events; e++)
            {
                string genre = Genres[random.Next(10) == 0 ? random.Next(3) : u % 3];
                log.Add($"user-{u}", $"{genre}-{random.Next(perGenre)}", InteractionKind.View, null, Start.AddHours(u + e * 100));
            }
        return log;
    }

    public static Task<Recommender> BuildAsync(RecommenderOptions? options = null) =>
        new RecommenderBuilder(Catalog(), Log()).UseOptions(options ?? new() { TimeProvider = Clock }).BuildAsync();

    /// <summary>A clock that stands still a day after the log ends.</summary>
    public static TimeProvider Clock { get; } = new StillClock(Start.AddDays(60));

    private sealed class StillClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
