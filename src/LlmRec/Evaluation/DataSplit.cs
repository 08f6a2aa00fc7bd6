namespace LlmRec;

/// <summary>
/// A log parted into what models are fitted on, what they are tuned on and what they are judged by: one role an event, and the items
/// every model ranks.
/// </summary>
/// <remarks>
/// Made by <see cref="LeaveLastOut"/>, <see cref="GlobalTime(InteractionLog, DateTimeOffset, DateTimeOffset?, Catalog?)"/> and their kin, or from roles of one's own with <see cref="FromRoles"/>.
/// Each user's events are ordered by time, equal times by order of arrival (a stable sort). Immutable and thread-safe, as long as
/// nobody adds to the log.
/// </remarks>
public sealed partial class DataSplit
{
    private readonly EventRole[] _roles;
    private readonly Dictionary<string, int> _itemIndex;
    private readonly int[] _itemOfHandle;   // log's item number → index into Items, or −1
    private readonly Lazy<InteractionLog> _train;
    private readonly Lazy<InteractionLog> _validation;
    private readonly Lazy<InteractionLog> _trainAndValidation;
    private readonly Lazy<IReadOnlyList<LeakageWarning>> _warnings;
    private readonly Lazy<ulong> _fingerprint;

    internal DataSplit(string name, InteractionLog log, Catalog? catalog, EventRole[] roles, TimeClaim claim, string description, IReadOnlySet<string>? candidates = null, HeldOut heldOut = HeldOut.Nothing, int mostHistory = int.MaxValue)
    {
        Name = name;
        Description = description;
        Log = log;
        Catalog = catalog;
        Claim = claim;
        HeldOut = heldOut;
        MostHistory = mostHistory;
        _roles = roles;
        IEnumerable<string> items = catalog is null ? log.Items : catalog.Select(i => i.Id);
        Items = [.. candidates is null ? items : items.Where(candidates.Contains)];
        _itemIndex = new(Items.Count, StringComparer.Ordinal);
        for (int i = 0; i < Items.Count; i++) _itemIndex.Add(Items[i], i);
        _itemOfHandle = new int[log.ItemTable.Count];
        for (int h = 0; h < _itemOfHandle.Length; h++)
            _itemOfHandle[h] = _itemIndex.GetValueOrDefault(log.ItemTable[h], -1);
        _train = new(() => Choose(r => r == EventRole.Train));
        _validation = new(() => Choose(r => r == EventRole.Validation));
        _trainAndValidation = new(() => Choose(r => r is EventRole.Train or EventRole.Validation));
        _warnings = new(() => LeakageCheck.Run(this));
        _fingerprint = new(Hash);
    }

    /// <summary>A short name, such as "leave last out".</summary>
    public string Name { get; }

    /// <summary>What was done, in words.</summary>
    public string Description { get; }

    /// <summary>The whole log.</summary>
    public InteractionLog Log { get; }

    /// <summary>The items' texts and categories, or <see langword="null"/> when none were given.</summary>
    public Catalog? Catalog { get; }

    /// <summary>What the split promises about time.</summary>
    public TimeClaim Claim { get; }

    /// <summary>The items every model ranks, in the order that breaks ties: the catalog's, or without one the log's.</summary>
    public IReadOnlyList<string> Items { get; }

    /// <summary>The training events, in the order of arrival: models are fitted on these and nothing else.</summary>
    public InteractionLog Train => _train.Value;

    /// <summary>The validation events alone, in the order of arrival: what weights may be fitted on and parameters chosen by.</summary>
    public InteractionLog Validation => _validation.Value;

    /// <summary>Training and validation events together, for a last fit after the parameters have been chosen.</summary>
    public InteractionLog TrainAndValidation => _trainAndValidation.Value;

    /// <summary>What may make figures of this split too good or hard to compare, in words; severe ones first.</summary>
    public IReadOnlyList<LeakageWarning> Warnings => _warnings.Value;

    /// <summary>The role of the event at a position of the log.</summary>
    /// <param name="position">0 ≤ position &lt; <c>Log.Count</c>.</param>
    public EventRole RoleAt(int position) => _roles[position];

    /// <summary>Number of events of a role.</summary>
    public int Count(EventRole role)
    {
        int n = 0;
        foreach (EventRole r in _roles)
            if (r == role) n++;
        return n;
    }

    /// <summary>A user's events of some roles, oldest first.</summary>
    /// <param name="user">The user's id; an unknown one has no events.</param>
    /// <param name="roles">The roles wanted.</param>
    public IReadOnlyList<Interaction> EventsOf(string user, params ReadOnlySpan<EventRole> roles)
    {
        ArgumentNullException.ThrowIfNull(user);
        int u = Log.UserTable.Find(user);
        var events = new List<Interaction>();
        if (u < 0) return events;
        foreach (int p in Log.PositionsOf(u))
            if (roles.Contains(_roles[p])) events.Add(Log[p]);
        return events;
    }

    internal HeldOut HeldOut { get; }

    /// <summary>Most history events a user can have by the split's design; no evaluation asks for more.</summary>
    internal int MostHistory { get; }

    /// <summary>The index of an item among <see cref="Items"/>, or −1.</summary>
    internal int IndexOf(string item) => _itemIndex.GetValueOrDefault(item, -1);

    /// <summary>The index among <see cref="Items"/> of the event's item, or −1.</summary>
    internal int ItemIndexAt(int position) => _itemOfHandle[Log.ItemAt(position)];

    /// <summary>A number that differs when the events, their roles or the items ranked do.</summary>
    internal ulong Fingerprint => _fingerprint.Value;

    private ulong Hash()
    {
        ulong h = 0xCBF29CE484222325;
        void Add(ulong x) => h = SplitMix.Mix(h ^ x) + 0x9E3779B97F4A7C15;
        void Text(string s)
        {
            foreach (char c in s) h = (h ^ c) * 0x100000001B3;
            Add((ulong)s.Length);
        }
        foreach (string user in Log.Users) Text(user);
        foreach (string item in Log.Items) Text(item);
        foreach (string item in Items) Text(item);
        for (int p = 0; p < _roles.Length; p++)
        {
            Add((ulong)(uint)Log.UserAt(p) << 32 | (uint)Log.ItemAt(p));
            Add((ulong)Log.TimeAt(p));
            Add((ulong)BitConverter.SingleToUInt32Bits(Log.ValueAt(p)) << 16 | (ulong)Log.KindAt(p) << 8 | (byte)_roles[p]);
        }
        return h;
    }

    private InteractionLog Choose(Func<EventRole, bool> wanted)
    {
        var positions = new List<int>();
        for (int p = 0; p < _roles.Length; p++)
            if (wanted(_roles[p])) positions.Add(p);
        return Log.Select(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(positions));
    }
}
