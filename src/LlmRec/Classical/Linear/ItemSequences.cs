namespace LlmRec;

/// <summary>What each user took, oldest first, repeats and all. Immutable and thread-safe.</summary>
/// <remarks>Signs against an item are left out; users keep the numbers of the training.</remarks>
internal sealed class ItemSequences
{
    private readonly Training _training;
    private readonly int[] _start;
    private readonly int[] _events;
    private readonly bool[] _occurs;

    public ItemSequences(Training training)
    {
        _training = training;
        InteractionLog log = training.Events;
        int[] number = [.. log.Items.Select(training.IndexOf)];
        _occurs = new bool[training.Items.Length];
        _start = new int[log.Users.Count + 1];
        var events = new List<int>(log.Count);
        for (int u = 0; u < log.Users.Count; u++)
        {
            foreach (int p in log.PositionsOf(u))
                if (!log.KindAt(p).IsNegative()) events.Add(number[log.ItemAt(p)]);
            _start[u + 1] = events.Count;
        }
        _events = [.. events];
        foreach (int i in _events) _occurs[i] = true;
    }

    /// <summary>Ids of the m items.</summary>
    public string[] Items => _training.Items;

    public int Users => _start.Length - 1;

    /// <summary>The items of a user, oldest first.</summary>
    public ReadOnlySpan<int> Of(int user) => _events.AsSpan(_start[user], _start[user + 1] - _start[user]);

    /// <summary>Whether the item stands in any sequence.</summary>
    public bool Occurs(int item) => _occurs[item];

    /// <summary>The last items of a user, newest first: the history given, and before it the training of the user's id.</summary>
    public List<int> NewestOf(UserContext user, int count)
    {
        var newest = new List<int>(Math.Min(count, user.History.Count));
        for (int e = user.History.Count - 1; e >= 0 && newest.Count < count; e--)
            if (!user.History[e].Kind.IsNegative() && _training.IndexOf(user.History[e].Item) is >= 0 and int i) newest.Add(i);
        if (user.Id is { } id && _training.Events.UserTable.Find(id) is >= 0 and int u)
        {
            ReadOnlySpan<int> stored = Of(u);
            for (int e = stored.Length - 1; e >= 0 && newest.Count < count; e--) newest.Add(stored[e]);
        }
        return newest;
    }
}
