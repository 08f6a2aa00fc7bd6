namespace LlmRec;

/// <summary>
/// A <see cref="UserContext"/> resolved for one request: the known items of the history with their vectors, newest first, and the
/// vector of the user's words. Rankers, features and user encoders read it.
/// </summary>
/// <remarks>Valid only during the call it is passed to; the recommender reuses it. Not thread-safe.</remarks>
public sealed class UserProfile
{
    private int[] _handles = new int[64];
    private long[] _times = new long[64];
    private float[] _values = new float[64];
    private InteractionKind[] _kinds = new InteractionKind[64];
    private int _start;   // filled from the back, so that the newest event comes first
    private readonly List<string> _unknown = [];
    private float[] _text = [];
    private int _textLength;

    /// <summary>The request.</summary>
    public UserContext Context { get; private set; } = new();

    /// <summary>Number of history events whose item is in the catalog, negative signs left out.</summary>
    public int Count => _handles.Length - _start;

    /// <summary>The moment of the request.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Ids in the history that the catalog does not know; they were ignored.</summary>
    public IReadOnlyList<string> UnknownItems => _unknown;

    /// <summary>The unit vector of the user's words in the space of the items, or empty when there are none.</summary>
    public ReadOnlySpan<float> TextVector => _text.AsSpan(0, _textLength);

    /// <summary>The item at a place of the history; 0 is the newest.</summary>
    public Item ItemAt(int place) => Space.Catalog.ItemAt(Handles[place])!;

    /// <summary>The unit vector of the item at a place; zeros when the item has no text that an encoder could use.</summary>
    public ReadOnlySpan<float> VectorAt(int place) => Space.VectorOf(Handles[place]);

    /// <summary>What the user did at a place.</summary>
    public InteractionKind KindAt(int place) => _kinds.AsSpan(_start)[place];

    /// <summary>The value of the event at a place, or <see langword="null"/>.</summary>
    public float? ValueAt(int place) => float.IsNaN(_values.AsSpan(_start)[place]) ? null : _values.AsSpan(_start)[place];

    /// <summary>The time of the event at a place, or <see langword="null"/>.</summary>
    public DateTimeOffset? TimeAt(int place) => Times[place] == InteractionLog.NoTime ? null : DateTimeOffset.FromUnixTimeMilliseconds(Times[place]);

    /// <summary>Handles of the history, newest first.</summary>
    internal ReadOnlySpan<int> Handles => _handles.AsSpan(_start);

    /// <summary>Unix milliseconds of the history, newest first.</summary>
    internal ReadOnlySpan<long> Times => _times.AsSpan(_start);

    internal long NowMilliseconds { get; private set; }

    /// <summary>The items and vectors the handles refer to.</summary>
    internal IItemSpace Space { get; private set; } = null!;

    internal void Reset(UserContext context, IItemSpace space, DateTimeOffset now)
    {
        Context = context;
        Space = space;
        Now = now;
        NowMilliseconds = now.ToUnixTimeMilliseconds();
        _start = _handles.Length;
        _textLength = 0;
        _unknown.Clear();
    }

    /// <summary>Adds an event that is newer than all before it.</summary>
    internal void Push(int handle, InteractionKind kind, float value, long time)
    {
        if (_start == 0)
        {
            int n = _handles.Length;
            Grow(ref _handles);
            Grow(ref _times);
            Grow(ref _values);
            Grow(ref _kinds);
            _start = n;
        }
        _start--;
        _handles[_start] = handle;
        _times[_start] = time;
        _values[_start] = value;
        _kinds[_start] = kind;
    }

    internal void PushUnknown(string id) => _unknown.Add(id);

    internal Span<float> SetText(int dimensions)
    {
        if (_text.Length < dimensions) _text = new float[dimensions];
        _textLength = dimensions;
        return _text.AsSpan(0, dimensions);
    }

    private static void Grow<T>(ref T[] array)
    {
        var larger = new T[array.Length * 2];
        array.CopyTo(larger, array.Length);
        array = larger;
    }
}
