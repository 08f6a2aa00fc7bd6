namespace LlmRec;

/// <summary>The same list for everybody: the items with the most training events. The baseline every table needs.</summary>
/// <remarks>Signs against an item (skips, dislikes) do not count. Updating and forgetting count again. Immutable and thread-safe.</remarks>
public sealed class PopularModel : FittedModel
{
    internal const string KindName = "popular";

    private readonly float[] _scores;

    /// <summary>Counts events.</summary>
    /// <param name="train">The training events.</param>
    /// <param name="items">Ids of the items to recommend; ties go to the earlier one, and items without an event come last.</param>
    /// <param name="window">Only events within this time before the newest one count; <see langword="null"/> for all. Events without a time are then left out.</param>
    /// <param name="name">A name for tables.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not positive.</exception>
    public PopularModel(InteractionLog train, IReadOnlyList<string> items, TimeSpan? window = null, string? name = null)
        : this(Training.From([.. items ?? throw new ArgumentNullException(nameof(items))], train ?? throw new ArgumentNullException(nameof(train))), Checked(window), name)
    {
    }

    internal PopularModel(Training training, TimeSpan? window, string? name)
        : this(training, window, name ?? (window is { } d ? FormattableString.Invariant($"Popular {d.TotalDays:0.#} d") : "Popular"), Count(training, Checked(window)))
    {
    }

    private PopularModel(Training training, TimeSpan? window, string name, float[] scores) : base(name, training, ColdItems.Of(training, i => scores[i] > 0))
    {
        Window = window;
        _scores = scores;
    }

    private static TimeSpan? Checked(TimeSpan? window) => window is { } w && w <= TimeSpan.Zero
        ? throw new ArgumentOutOfRangeException(nameof(window), w, "the window must be longer than nothing") : window;

    private static float[] Count(Training training, TimeSpan? window)
    {
        InteractionLog train = training.Events;
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
        return [.. training.Items.Select(id => train.ItemTable.Find(id) is var h and >= 0 ? (float)counts[h] : 0)];
    }

    /// <summary>How far back from the newest event it counts; <see langword="null"/> for all of the training.</summary>
    public TimeSpan? Window { get; }

    internal float CountOf(int item) => _scores[item];

    internal override string Kind => KindName;

    internal override FittedModel Fitted(Training training, IProgress<BuildProgress>? progress, CancellationToken cancellationToken) => new PopularModel(training, Window, Name);

    internal override void Save(SavedModel to)
    {
        to.Set("name", Name);
        to.Set("windowMilliseconds", Window?.TotalMilliseconds);
    }

    internal static PopularModel Open(OpenedModel file) =>
        new(file.Training, Checked(file.Maybe("windowMilliseconds") is { } w ? TimeSpan.FromMilliseconds(w) : null), file.Text("name"));

    private protected override void ScoreTrained(IReadOnlyList<TopNRequest> requests, Span<float> scores)
    {
        for (int r = 0; r < requests.Count; r++) _scores.CopyTo(scores[(r * _scores.Length)..]);
    }

    /// <summary>Popularity says nothing of likeness.</summary>
    private protected override void SimilarTo(int item, Span<float> similarities)
    {
    }

    private protected override IEnumerable<ModelReason> ReasonsOf(UserContext user, int item) => [new("popularity", _scores[item])];
}
