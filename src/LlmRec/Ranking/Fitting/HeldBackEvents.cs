namespace LlmRec;

/// <summary>
/// The last event of each user held back: the rest is what may be counted, the event held back is what a ranking should have put
/// first.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HeldBackEvents : IRankingExamples
{
    private readonly InteractionLog _log;
    private readonly IItemSpace _space;
    private readonly int[] _handleOf;
    private readonly int[] _last;   // the position in the log of each held-back event

    private HeldBackEvents(InteractionLog log, IItemSpace space, int[] handleOf, int[] last, InteractionLog train)
    {
        _log = log;
        _space = space;
        _handleOf = handleOf;
        _last = last;
        Train = train;
    }

    /// <summary>The log without the events held back.</summary>
    public InteractionLog Train { get; }

    public int Count => _last.Length;

    /// <summary>Holds back the last positive event on a known item of each user who has at least <paramref name="minimumBefore"/> before it.</summary>
    /// <param name="log">The events.</param>
    /// <param name="space">The items; its counts, when it has any, must come from <see cref="Train"/>.</param>
    /// <param name="minimumBefore">Events a user keeps at least.</param>
    public static HeldBackEvents LastOfEachUser(InteractionLog log, IItemSpace space, int minimumBefore = 1)
    {
        int[] handleOf = Histories.HandlesOf(space.Catalog, log);
        var last = new List<int>();
        var held = new bool[log.Count];
        for (int u = 0; u < log.UserTable.Count; u++)
        {
            ReadOnlySpan<int> positions = log.PositionsOf(u);
            int known = 0, at = -1;
            foreach (int p in positions)
                if (Counts(log, handleOf, p)) (known, at) = (known + 1, p);
            if (known <= minimumBefore) continue;
            held[at] = true;
            last.Add(at);
        }
        var train = new int[log.Count - last.Count];
        for (int p = 0, n = 0; p < log.Count; p++)
            if (!held[p]) train[n++] = p;
        return new(log, space, handleOf, [.. last], log.Select(train));
    }

    /// <summary>The newest event of each user in a log of its own, which comes after the main log; nothing of it is counted.</summary>
    /// <param name="log">The main log.</param>
    /// <param name="heldBack">Later events, at least one a user who is to be learnt from.</param>
    /// <param name="space">The items.</param>
    public static HeldBackEvents Given(InteractionLog log, InteractionLog heldBack, IItemSpace space)
    {
        InteractionLog both = log.Append(heldBack);
        int[] handleOf = Histories.HandlesOf(space.Catalog, both);
        var last = new List<int>();
        for (int u = 0; u < both.UserTable.Count; u++)
        {
            int at = -1, known = 0;
            foreach (int p in both.PositionsOf(u))
                if (Counts(both, handleOf, p))
                {
                    known++;
                    if (p >= log.Count) at = p;
                }
            if (at >= 0 && known > 1) last.Add(at);
        }
        return new(both, space, handleOf, [.. last], log);
    }

    /// <summary>The same events over a space whose counts have been made since.</summary>
    public HeldBackEvents In(IItemSpace space) => new(_log, space, _handleOf, _last, Train);

    public bool Load(int index, UserProfile user, Candidates items, List<float> labels)
    {
        int target = _last[index], u = _log.UserAt(target);
        Resolve(_log, _handleOf, u, target, _space, user);
        items.Add(_handleOf[_log.ItemAt(target)]);
        labels.Add(1f);
        return true;
    }

    /// <summary>Loads a user's history up to an event, which is left out.</summary>
    internal static void Resolve(InteractionLog log, int[] handleOf, int user, int until, IItemSpace space, UserProfile profile)
    {
        long now = log.TimeAt(until);
        profile.Reset(new UserContext(), space, now == InteractionLog.NoTime ? DateTimeOffset.UnixEpoch : DateTimeOffset.FromUnixTimeMilliseconds(now));
        foreach (int p in log.PositionsOf(user))
        {
            if (p == until) break;
            if (Counts(log, handleOf, p)) profile.Push(handleOf[log.ItemAt(p)], log.KindAt(p), log.ValueAt(p), log.TimeAt(p));
        }
    }

    private static bool Counts(InteractionLog log, int[] handleOf, int position) =>
        handleOf[log.ItemAt(position)] >= 0 && !log.KindAt(position).IsNegative();
}
