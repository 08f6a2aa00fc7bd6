namespace LlmRec;

/// <summary>What each user took, oldest first, repeats and all. Immutable and thread-safe.</summary>
/// <remarks>Signs against an item and items outside the catalog are left out; users keep the numbers of the log.</remarks>
internal sealed class ItemSequences
{
    private readonly StringTable _users = new();
    private readonly Dictionary<string, int> _index;
    private readonly int[] _start;
    private readonly int[] _events;

    public ItemSequences(Catalog catalog, InteractionLog log)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(log);
        Items = [.. catalog.Select(i => i.Id)];
        _index = new(Items.Length, StringComparer.Ordinal);
        for (int i = 0; i < Items.Length; i++) _index.Add(Items[i], i);
        int[] number = [.. log.Items.Select(IndexOf)];
        _start = new int[log.Users.Count + 1];
        var events = new List<int>(log.Count);
        for (int u = 0; u < log.Users.Count; u++)
        {
            _users.Add(log.Users[u]);
            foreach (int p in log.PositionsOf(u))
                if (number[log.ItemAt(p)] is >= 0 and int i && !log.KindAt(p).IsNegative()) events.Add(i);
            _start[u + 1] = events.Count;
        }
        _events = [.. events];
    }

    /// <summary>Ids of the m items in catalog order.</summary>
    public string[] Items { get; }

    public int Users => _start.Length - 1;

    /// <summary>The items of a user, oldest first.</summary>
    public ReadOnlySpan<int> Of(int user) => _events.AsSpan(_start[user], _start[user + 1] - _start[user]);

    /// <summary>The number of an item, or −1.</summary>
    public int IndexOf(string item) => _index.GetValueOrDefault(item, -1);

    /// <summary>The last items of a user, newest first: the history given, and before it the training of the user's id.</summary>
    public List<int> NewestOf(UserContext user, int count)
    {
        var newest = new List<int>(Math.Min(count, user.History.Count));
        for (int e = user.History.Count - 1; e >= 0 && newest.Count < count; e--)
            if (!user.History[e].Kind.IsNegative() && _index.TryGetValue(user.History[e].Item, out int i)) newest.Add(i);
        if (user.Id is { } id && _users.Find(id) is >= 0 and int u)
        {
            ReadOnlySpan<int> stored = Of(u);
            for (int e = stored.Length - 1; e >= 0 && newest.Count < count; e--) newest.Add(stored[e]);
        }
        return newest;
    }
}
