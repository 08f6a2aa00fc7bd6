namespace LlmRec;

/// <summary>A seeded random list for each history: what no skill at all looks like.</summary>
/// <remarks>The scores of a user depend only on the seed and the history, not on the batch or the thread. Immutable and thread-safe.</remarks>
public sealed class RandomModel : IScoringModel
{
    private readonly ulong _seed;

    /// <summary>A random model.</summary>
    /// <param name="items">Ids of the items to recommend.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="name">A name for tables.</param>
    public RandomModel(IReadOnlyList<string> items, int seed = 1, string name = "Random")
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentException.ThrowIfNullOrEmpty(name);
        Items = items;
        Name = name;
        _seed = (uint)seed;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Items { get; }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(requests);
        for (int r = 0; r < requests.Count; r++)
        {
            ulong hash = SplitMix.Mix(_seed ^ 0xCBF29CE484222325);
            foreach (char c in requests[r].User.Id ?? "") hash = (hash ^ c) * 0x100000001B3;   // FNV-1a: string hash codes differ between processes
            foreach (Interaction i in requests[r].User.History)
            {
                foreach (char c in i.Item) hash = (hash ^ c) * 0x100000001B3;
                hash = SplitMix.Mix(hash);
            }
            var random = new SplitMix(hash);
            Span<float> row = scores.Slice(r * Items.Count, Items.Count);
            for (int i = 0; i < row.Length; i++) row[i] = (random.Next() >> 40) * (1f / (1 << 24));
        }
    }
}
