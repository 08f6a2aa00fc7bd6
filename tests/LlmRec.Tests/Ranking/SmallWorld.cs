namespace LlmRec.Tests.Ranking;

/// <summary>A seeded catalog, log and vectors small enough to count by hand.</summary>
internal sealed class SmallWorld : IItemSpace
{
    private readonly float[] _vectors;

    public SmallWorld(int items, int users, int events, int seed, int dimensions = 8, bool timed = true, bool ofGroups = false)
    {
        var random = new Random(seed);
        Dimensions = dimensions;
        string[] genres = ["noir", "farce", "epic", "noir et blanc"];
        for (int i = 0; i < items; i++)
            Catalog.Add(new Item
            {
                Id = $"i{i}",
                Title = $"item {i}",
                Categories = [genres[random.Next(4)], genres[random.Next(4)]],
                Attributes = new Dictionary<string, string> { ["language"] = random.Next(2) == 0 ? "zh" : "en" },
            });
        // items next to one another follow one another, so that there is something to learn
        var last = new int[users];
        for (int e = 0; e < events; e++)
        {
            int u = random.Next(users);
            last[u] = random.Next(4) == 0 ? random.Next(items) : (last[u] + 1 + random.Next(2)) % items;
            Log.Add($"u{u}", $"i{last[u]}", random.Next(20) == 0 ? InteractionKind.Skip : InteractionKind.Click,
                time: timed ? DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + e * 600L) : null);
        }
        _vectors = new float[items * dimensions];
        for (int i = 0; i < items; i++)
        {
            Span<float> v = _vectors.AsSpan(i * dimensions, dimensions);
            float squares = 0;
            for (int d = 0; d < dimensions; d++) v[d] = random.NextSingle() - 0.5f;
            if (ofGroups) v[i * dimensions / items] += 3f;   // neighbours resemble one another
            for (int d = 0; d < dimensions; d++) squares += v[d] * v[d];
            for (int d = 0; d < dimensions; d++) v[d] /= MathF.Sqrt(squares);
        }
    }

    public Catalog Catalog { get; } = new();

    public InteractionLog Log { get; } = new();

    public int Dimensions { get; }

    public BehaviourModel? Behaviour { get; set; }

    public ReadOnlySpan<float> VectorOf(int handle) => _vectors.AsSpan(handle * Dimensions, Dimensions);

    public SmallWorld Counted(int threads = 1, BehaviourOptions? options = null)
    {
        Behaviour = BehaviourModel.Build(Catalog, Log, options, threads);
        return this;
    }

    public UserProfile User(params int[] newestFirst)
    {
        var user = new UserProfile();
        user.Reset(new UserContext(), this, DateTimeOffset.FromUnixTimeSeconds(1_710_000_000));
        foreach (int item in newestFirst.Reverse()) user.Push(item, InteractionKind.Click, float.NaN, InteractionLog.NoTime);
        return user;
    }

    public Candidates All()
    {
        var items = new Candidates();
        items.Reset(this);
        for (int i = 0; i < Catalog.HandleCount; i++) items.Add(i);
        return items;
    }

    public Candidates Only(params int[] handles)
    {
        var items = new Candidates();
        items.Reset(this);
        foreach (int i in handles) items.Add(i);
        return items;
    }
}
