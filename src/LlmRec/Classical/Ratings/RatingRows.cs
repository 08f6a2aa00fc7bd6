namespace LlmRec;

/// <summary>The ratings of a log, user by user: users and items by first appearance, each user's ratings in the order of arrival.</summary>
/// <remarks>
/// Events of the kind <see cref="InteractionKind.Rating"/> with a value count, every one of them.
/// Immutable and thread-safe.
/// </remarks>
internal sealed class RatingRows
{
    private readonly StringTable _users = new();
    private readonly StringTable _items = new();
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly float[] _values;

    public RatingRows(Training training, RatingScale? scale)
    {
        InteractionLog log = training.Events;
        var users = new List<int>();
        var items = new List<int>();
        var values = new List<float>();
        float lowest = float.PositiveInfinity, highest = float.NegativeInfinity;
        double sum = 0;
        for (int p = 0; p < log.Count; p++)
        {
            float value = log.ValueAt(p);
            if (log.KindAt(p) != InteractionKind.Rating || float.IsNaN(value)) continue;
            users.Add(_users.Add(log.UserTable[log.UserAt(p)]));
            items.Add(_items.Add(log.ItemTable[log.ItemAt(p)]));
            values.Add(value);
            sum += value;
            lowest = Math.Min(lowest, value);
            highest = Math.Max(highest, value);
        }
        if (values.Count == 0)
            throw new ArgumentException($"none of the {log.Count} events of items of the catalog is a rating with a value, so there is nothing to learn ratings from: give events of the kind {nameof(InteractionKind.Rating)}", nameof(training));
        scale?.Check();
        Scale = scale ?? new(lowest, highest);
        Mean = sum / values.Count;

        _starts = new int[_users.Count + 1];
        _columns = new int[values.Count];
        _values = new float[values.Count];
        foreach (int u in users) _starts[u + 1]++;
        for (int u = 0; u < _users.Count; u++) _starts[u + 1] += _starts[u];
        int[] next = _starts[..^1];
        for (int e = 0; e < values.Count; e++)
        {
            int to = next[users[e]]++;
            _columns[to] = items[e];
            _values[to] = values[e];
        }
    }

    public int Users => _users.Count;

    public int Items => _items.Count;

    public int Count => _values.Length;

    /// <summary>The scale given, or from the lowest to the highest rating seen.</summary>
    public RatingScale Scale { get; }

    /// <summary>μ.</summary>
    public double Mean { get; }

    public ReadOnlySpan<int> ItemsOf(int user) => _columns.AsSpan(_starts[user], _starts[user + 1] - _starts[user]);

    public ReadOnlySpan<float> ValuesOf(int user) => _values.AsSpan(_starts[user], _starts[user + 1] - _starts[user]);

    /// <summary>Ids by number.</summary>
    public IReadOnlyList<string> ItemIds => _items.Strings;

    /// <summary>Ids by number.</summary>
    public IReadOnlyList<string> UserIds => _users.Strings;

    /// <summary>The number of a user, or −1.</summary>
    public int UserOf(string? id) => id is null ? -1 : _users.Find(id);

    /// <summary>The number of an item, or −1.</summary>
    public int ItemOf(string id) => _items.Find(id);

    /// <summary>A user's training ratings and those of the history, of items that were rated in the training. Null when the history adds none: what was trained then holds.</summary>
    public List<(int Item, float Value)>? WithHistory(UserContext user)
    {
        List<(int, float)>? all = null;
        foreach (Interaction e in user.History)
        {
            if (e.Kind != InteractionKind.Rating || e.Value is not { } value || ItemOf(e.Item) is not (>= 0 and int i)) continue;
            if (!float.IsFinite(value))
                throw new ArgumentException($"the history rates item '{e.Item}' with {value}: give a finite number", nameof(user));
            if (all is null)
            {
                all = [];
                if (UserOf(user.Id) is >= 0 and int known)
                {
                    ReadOnlySpan<int> items = ItemsOf(known);
                    for (int k = 0; k < items.Length; k++) all.Add((items[k], ValuesOf(known)[k]));
                }
            }
            all.Add((i, value));
        }
        return all;
    }

    /// <summary>Checks the arguments of a prediction.</summary>
    public static void CheckRoom(UserContext user, IReadOnlyList<string> items, Span<float> ratings)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(items);
        if (ratings.Length < items.Count)
            throw new ArgumentException($"{items.Count} items need as many ratings, but there is room for {ratings.Length}", nameof(ratings));
    }
}
