namespace LlmRec;

/// <summary>What every known user did, newest last, under item handles.</summary>
/// <remarks>Guarded by its owner's lock.</remarks>
internal sealed class HistoryStore
{
    private readonly StringTable _users = new();
    private readonly List<UserEvents> _events = [];

    /// <summary>One stored event.</summary>
    public readonly record struct Event(long Time, int Item, float Value, InteractionKind Kind);

    private struct UserEvents
    {
        public Event[] Items;
        public int Count;
    }

    public int UserCount => _users.Count;

    public long EventCount { get; private set; }

    public string UserAt(int user) => _users[user];

    public bool Knows(string id) => _users.Find(id) >= 0;

    /// <summary>A user's events, oldest first; empty for an unknown user.</summary>
    public ReadOnlySpan<Event> Of(ReadOnlySpan<char> id)
    {
        int user = _users.Find(id);
        return user < 0 ? [] : Of(user);
    }

    public ReadOnlySpan<Event> Of(int user)
    {
        UserEvents e = _events[user];
        return e.Items.AsSpan(0, e.Count);
    }

    /// <summary>Stores an event after all that are not newer; one without a time comes last.</summary>
    public void Add(ReadOnlySpan<char> id, in Event e)
    {
        int user = _users.Add(id);
        if (user == _events.Count) _events.Add(new UserEvents { Items = new Event[4] });
        Span<UserEvents> all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_events);
        ref UserEvents events = ref all[user];
        if (events.Count == events.Items.Length) Array.Resize(ref events.Items, Math.Max(4, events.Count + events.Count / 2));
        int at = events.Count;
        if (e.Time != InteractionLog.NoTime)
            while (at > 0 && events.Items[at - 1].Time != InteractionLog.NoTime && events.Items[at - 1].Time > e.Time) at--;
        Array.Copy(events.Items, at, events.Items, at + 1, events.Count - at);
        events.Items[at] = e;
        events.Count++;
        EventCount++;
    }

    /// <summary>Takes a log over, in the order of each user's time.</summary>
    /// <param name="log">The events.</param>
    /// <param name="handles">For each item number of the log its handle, or −1 for an item the catalog does not know.</param>
    public void AddAll(InteractionLog log, ReadOnlySpan<int> handles)
    {
        for (int u = 0; u < log.UserTable.Count; u++)
        {
            string id = log.UserTable[u];
            foreach (int p in log.PositionsOf(u))
                if (handles[log.ItemAt(p)] is >= 0 and int handle)
                    Add(id, new Event(log.TimeAt(p), handle, log.ValueAt(p), log.KindAt(p)));
        }
    }
}
