namespace LlmRec;

/// <summary>How a <see cref="BehaviourModel"/> counts.</summary>
internal sealed record BehaviourOptions
{
    /// <summary>How many later events count as following an event; weight 1/distance.</summary>
    public int Window { get; init; } = 10;

    /// <summary>How far apart two items of one history may lie to count as neighbours, in events, so that a huge history costs no square.</summary>
    public int NeighbourWindow { get; init; } = 256;

    /// <summary>Most neighbours kept for an item in each of the three tables; 0 means a memory of <see cref="TableEntries"/> shared by all items.</summary>
    public int MaxNeighbours { get; init; }

    /// <summary>Entries a table may hold at 8 bytes each, shared evenly by the items, but at least 64 an item.</summary>
    public long TableEntries { get; init; } = 8_000_000;

    /// <summary>After this time an event counts half in the recent popularity.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The number of neighbours kept for each of so many items.</summary>
    public int NeighboursFor(int items) =>
        MaxNeighbours > 0 ? MaxNeighbours : (int)Math.Clamp(TableEntries / Math.Max(1, items), 64, 4096);
}
