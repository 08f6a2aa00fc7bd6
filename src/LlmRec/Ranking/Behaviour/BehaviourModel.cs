namespace LlmRec;

/// <summary>
/// What a log says about items: what follows what, what lies in the same histories, how popular each item is and was of late; and,
/// from the catalog, categories, attributes and times. Counts are kept raw and damped when they are read, so that each new event is
/// a handful of additions.
/// </summary>
/// <remarks>
/// Reading from several threads is safe while nobody writes; the owner orders the writes. Memory: at most 3 × 16 bytes × neighbours
/// kept × items, 40 bytes an item besides, and the categories.
/// </remarks>
internal sealed partial class BehaviourModel
{
    private float[] _popularity;
    private float[] _recent;        // decayed count as of _recentAt
    private long[] _recentAt;       // Unix milliseconds, or NoTime before the first timed event
    private long[] _firstSeen;
    private float[] _mass;          // Σ over users of the user's weight: the squared length of the item's weighted column

    private BehaviourModel(int handles, BehaviourOptions options, int bound)
    {
        Options = options;
        _popularity = new float[handles];
        _recent = new float[handles];
        _recentAt = Filled(handles);
        _firstSeen = Filled(handles);
        _mass = new float[handles];
        Followers = new(handles, bound);
        Predecessors = new(handles, bound);
        Companions = new(handles, bound);
    }

    public BehaviourOptions Options { get; }

    /// <summary>One more than the largest handle known.</summary>
    public int HandleCount => _popularity.Length;

    /// <summary>Events counted.</summary>
    public double Events { get; private set; }

    /// <summary>For a an b at distance k ≤ window behind it: Σ 1/k.</summary>
    public NeighbourRows Followers { get; }

    /// <summary>For a an b at distance k ≤ window before it: Σ 1/k.</summary>
    public NeighbourRows Predecessors { get; }

    /// <summary>For a an b in the same history: Σ <see cref="UserWeight"/>.</summary>
    public NeighbourRows Companions { get; }

    /// <summary>Categories of the items.</summary>
    public TokenSets Categories { get; } = new();

    /// <summary>Attributes of the items as name=value.</summary>
    public TokenSets Attributes { get; } = new();

    /// <summary>Events an item has had.</summary>
    public ReadOnlySpan<float> Popularity => _popularity;

    /// <summary>The squared length of an item's column of user weights.</summary>
    public ReadOnlySpan<float> Mass => _mass;

    /// <summary>Below this many events a count says nothing of its own: the square root of the mean popularity.</summary>
    public float PopularityFloor => MathF.Max(1f, MathF.Sqrt((float)(Events / Math.Max(1, _items))));

    /// <summary>What one more user with so many items says about two of them: the longer the history, the less.</summary>
    public static float UserWeight(int items) => 1f / MathF.Log(MathF.E + items);

    /// <summary>Events of an item, each counted half after every half-life.</summary>
    public float RecentPopularity(int handle, long now)
    {
        long at = _recentAt[handle];
        return at == InteractionLog.NoTime || now == InteractionLog.NoTime ? 0f : _recent[handle] * Fade(now - at);
    }

    /// <summary>When an item appeared: its own time, or that of its first event; <see cref="InteractionLog.NoTime"/> when unknown.</summary>
    public long AppearedAt(int handle) => _firstSeen[handle];

    private int _items;   // items with at least one event, the denominator of the mean

    private float Fade(long milliseconds) =>
        milliseconds <= 0 ? 1f : (float)Math.Pow(2, -milliseconds / Options.HalfLife.TotalMilliseconds);

    private static long[] Filled(int n)
    {
        var times = new long[n];
        times.AsSpan().Fill(InteractionLog.NoTime);
        return times;
    }
}
