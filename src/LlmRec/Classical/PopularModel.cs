namespace LlmRec;

/// <summary>The same list for everybody: the items with the most training events. The baseline every table needs.</summary>
/// <remarks>Signs against an item (skips, dislikes) do not count. Immutable and thread-safe.</remarks>
public sealed class PopularModel : IScoringModel
{
    private readonly float[] _scores;

    /// <summary>Counts events.</summary>
    /// <param name="train">The training events.</param>
    /// <param name="items">Ids of the items to recommend; ties go to the earlier one, and items without an event come last.</param>
    /// <param name="window">Only events within this time before the newest one count; <see langword="null"/> for all. Events without a time are then left out.</param>
    /// <param name="name">A name for tables.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not positive.</exception>
    public PopularModel(InteractionLog train, IReadOnlyList<string> items, TimeSpan? window = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(items);
        if (window is { } w && w <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(window), w, "the window must be longer than nothing");
        Items = items;
        Window = window;
        Name = name ?? (window is { } d ? FormattableString.Invariant($"Popular {d.TotalDays:0.#} d") : "Popular");
        long from = long.MinValue;
        if (window is { } length)
        {
            long newest = InteractionLog.NoTime;
            for (int p = 0; p < train.Count; p++) newest = Math.Max(newest, train.TimeAt(p));
            from = newest == InteractionLog.NoTime ? long.MaxValue : newest - (long)length.TotalMilliseconds;
        }
        int[] counts = new int[train.ItemTable.Count];
        for (int p = 0; p < train.Count; p++)
            if (train.TimeAt(p) >= from && !train.KindAt(p).IsNegative()) counts[train.ItemAt(p)]++;
        _scores = [.. items.Select(id => train.ItemTable.Find(id) is var h and >= 0 ? (float)counts[h] : 0)];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Items { get; }

    /// <summary>How far back from the newest event it counts; <see langword="null"/> for all of the training.</summary>
    public TimeSpan? Window { get; }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(requests);
        for (int r = 0; r < requests.Count; r++) _scores.CopyTo(scores[(r * _scores.Length)..]);
    }
}
