using System.Collections;

namespace LlmRec;

/// <summary>
/// Who did what when: events in the order of arrival, in columns (at most 21 bytes an event, plus 4 for the order within each user).
/// </summary>
/// <remarks>Reading from several threads is safe while nobody adds. Duplicates are kept; see the cleaning steps.</remarks>
public sealed partial class InteractionLog : IReadOnlyCollection<Interaction>
{
    internal const long NoTime = long.MinValue;

    private readonly ChunkedList<int> _user = new();
    private readonly ChunkedList<int> _item = new();
    private ChunkedList<byte>? _kind;     // absent while every event is a view
    private ChunkedList<float>? _value;   // absent while no event has a value
    private ChunkedList<long>? _time;     // Unix milliseconds; absent while no event has a time
    private readonly Dictionary<int, string> _text = [];
    private UserOrder? _order;

    /// <summary>An empty log.</summary>
    public InteractionLog()
    {
    }

    /// <summary>A log of the given events, in their order.</summary>
    /// <exception cref="ArgumentException">An event has an empty id, an id with a lone surrogate, a value that is not finite, or an undefined kind; the message names its position.</exception>
    public InteractionLog(IEnumerable<Interaction> interactions)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        foreach (Interaction i in interactions) Add(i);
    }

    /// <summary>Number of events.</summary>
    public int Count => _user.Count;

    /// <summary>Ids of all users, in order of first appearance.</summary>
    public IReadOnlyList<string> Users => UserTable.Strings;

    /// <summary>Ids of all items that occur, in order of first appearance.</summary>
    public IReadOnlyList<string> Items => ItemTable.Strings;

    /// <summary>The event at a position of the order of arrival.</summary>
    /// <param name="position">0 ≤ position &lt; <see cref="Count"/>.</param>
    public Interaction this[int position]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(position));
            float value = ValueAt(position);
            long time = TimeAt(position);
            return new(UserTable[_user[position]], ItemTable[_item[position]], KindAt(position),
                float.IsNaN(value) ? null : value,
                time == NoTime ? null : DateTimeOffset.FromUnixTimeMilliseconds(time),
                TextAt(position));
        }
    }

    /// <summary>Appends an event.</summary>
    /// <exception cref="ArgumentException">An id is empty or has a lone surrogate, the value is not finite, or the kind is undefined; nothing is appended.</exception>
    public void Add(Interaction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        Add(interaction.User, interaction.Item, interaction.Kind, interaction.Value, interaction.Time, interaction.Text);
    }

    /// <summary>Appends an event without allocating for ids that were seen before.</summary>
    /// <exception cref="ArgumentException">An id is empty or has a lone surrogate, the value is not finite, or the kind is undefined; nothing is appended.</exception>
    public void Add(ReadOnlySpan<char> user, ReadOnlySpan<char> item, InteractionKind kind = InteractionKind.View, float? value = null, DateTimeOffset? time = null, string? text = null)
    {
        if (user.IsEmpty) throw new ArgumentException($"event {Count} has no user id (item '{item}')", nameof(user));
        if (item.IsEmpty) throw new ArgumentException($"event {Count} has no item id (user '{user}')", nameof(item));
        if (value is { } v && !float.IsFinite(v))
            throw new ArgumentException($"event {Count} (user '{user}', item '{item}') has the value {v}: give a finite number or none", nameof(value));
        if (kind > InteractionKind.Dislike)
            throw new ArgumentException($"event {Count} (user '{user}', item '{item}') has the kind {(int)kind}, which is none of {nameof(InteractionKind)}", nameof(kind));
        // Both ids are checked before either is added, so that a bad event leaves no user without events behind.
        if (UserTable.Find(user) < 0) Ids.Check(user, "user", nameof(user));
        if (ItemTable.Find(item) < 0) Ids.Check(item, "item", nameof(item));
        AddRow(UserTable.Add(user), ItemTable.Add(item), kind, value ?? float.NaN, time?.ToUnixTimeMilliseconds() ?? NoTime, text);
    }

    /// <summary>The events in the order of arrival.</summary>
    public IEnumerator<Interaction> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A user's events, oldest first; events of equal time, and events without a time, keep their order of arrival. Empty for an unknown user.</summary>
    public IReadOnlyList<Interaction> HistoryOf(string user)
    {
        ArgumentNullException.ThrowIfNull(user);
        int u = UserTable.Find(user);
        if (u < 0) return [];
        ReadOnlySpan<int> positions = PositionsOf(u);
        var history = new Interaction[positions.Length];
        for (int i = 0; i < history.Length; i++) history[i] = this[positions[i]];
        return history;
    }

    internal StringTable UserTable { get; } = new();

    internal StringTable ItemTable { get; } = new();

    internal int UserAt(int position) => _user[position];

    internal int ItemAt(int position) => _item[position];

    internal InteractionKind KindAt(int position) => _kind is null ? InteractionKind.View : (InteractionKind)_kind[position];

    /// <summary>The value, or NaN for none.</summary>
    internal float ValueAt(int position) => _value is null ? float.NaN : _value[position];

    /// <summary>Unix milliseconds, or <see cref="NoTime"/>.</summary>
    internal long TimeAt(int position) => _time is null ? NoTime : _time[position];

    internal string? TextAt(int position) => _text.GetValueOrDefault(position);

    /// <summary>Positions of a user's events, oldest first, stable.</summary>
    internal ReadOnlySpan<int> PositionsOf(int user) => Order.Of(user);

    /// <summary>A log of its own with the chosen events only, in the given order.</summary>
    internal InteractionLog Select(ReadOnlySpan<int> positions)
    {
        var log = new InteractionLog();
        var user = new int[UserTable.Count];   // 1 + the number in the new log, 0 while it has none
        var item = new int[ItemTable.Count];
        foreach (int p in positions)
        {
            ref int u = ref user[_user[p]], i = ref item[_item[p]];
            if (u == 0) u = 1 + log.UserTable.Add(UserTable[_user[p]]);
            if (i == 0) i = 1 + log.ItemTable.Add(ItemTable[_item[p]]);
            log.AddRow(u - 1, i - 1, KindAt(p), ValueAt(p), TimeAt(p), TextAt(p));
        }
        return log;
    }

    /// <summary>A log of its own with the events of this one and then those of another.</summary>
    internal InteractionLog Append(InteractionLog later)
    {
        var both = new InteractionLog();
        foreach (InteractionLog log in (ReadOnlySpan<InteractionLog>)[this, later])
            for (int p = 0; p < log.Count; p++)
                both.AddRow(both.UserTable.Add(log.UserTable[log.UserAt(p)]), both.ItemTable.Add(log.ItemTable[log.ItemAt(p)]), log.KindAt(p), log.ValueAt(p), log.TimeAt(p), log.TextAt(p));
        return both;
    }

    internal void AddRow(int user, int item, InteractionKind kind, float value, long time, string? text)
    {
        int n = Count;
        _order = null;
        _user.Add(user);
        _item.Add(item);
        Append(ref _kind, (byte)kind, (byte)InteractionKind.View, n);
        Append(ref _value, value, float.NaN, n);
        Append(ref _time, time, NoTime, n);
        if (text is not null) _text.Add(n, text);
    }

    private UserOrder Order => _order ??= new UserOrder(this);

    private static void Append<T>(ref ChunkedList<T>? column, T value, T absent, int n) where T : unmanaged, IEquatable<T>
    {
        if (column is null)
        {
            if (value.Equals(absent)) return;
            column = new();
            column.AddMany(absent, n);
        }
        column.Add(value);
    }

    /// <summary>For each user the positions of the events, by time and then by arrival, in one array.</summary>
    private sealed class UserOrder
    {
        private readonly int[] _start;
        private readonly int[] _positions;

        public UserOrder(InteractionLog log)
        {
            int users = log.UserTable.Count, n = log.Count;
            _start = new int[users + 1];
            for (int i = 0; i < n; i++) _start[log._user[i] + 1]++;
            for (int u = 0; u < users; u++) _start[u + 1] += _start[u];
            _positions = new int[n];
            int[] next = _start.AsSpan(0, users).ToArray();
            for (int i = 0; i < n; i++) _positions[next[log._user[i]]++] = i;
            if (log._time is null) return;

            // An event without a time takes the time of the one before it in the order of arrival, so that it stays where it was.
            for (int u = 0; u < users; u++)
            {
                Span<int> positions = _positions.AsSpan(_start[u], _start[u + 1] - _start[u]);
                bool sorted = true;
                long last = NoTime;
                foreach (int p in positions)
                {
                    long t = log.TimeAt(p);
                    if (t == NoTime) continue;
                    if (t < last) { sorted = false; break; }
                    last = t;
                }
                if (sorted) continue;
                var keys = new (long Time, int Position)[positions.Length];
                last = NoTime;
                for (int i = 0; i < keys.Length; i++)
                {
                    long t = log.TimeAt(positions[i]);
                    last = t == NoTime ? last : t;
                    keys[i] = (last, positions[i]);
                }
                keys.AsSpan().Sort(positions);
            }
        }

        public ReadOnlySpan<int> Of(int user) =>
            user + 1 < _start.Length ? _positions.AsSpan(_start[user], _start[user + 1] - _start[user]) : [];
    }
}
