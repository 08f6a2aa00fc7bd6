namespace LlmRec.Kernels;

/// <summary>
/// A run of rows of an index. A place, once written and published, never changes: an update writes a new place and marks the old
/// one as dead from a version on, so a reader needs no lock and can never see half a row.
/// </summary>
internal sealed unsafe class IndexChunk
{
    /// <summary>Most rows a chunk holds.</summary>
    public const int MaxRows = 1 << PlaceBits;

    /// <summary>Bits of a place that number the row inside its chunk.</summary>
    public const int PlaceBits = 14;

    private readonly object _keysOwner;
    private readonly BlockChecks? _checks;
    private AlignedBuffer<long>? _diedAt;

    /// <summary>An empty chunk.</summary>
    public IndexChunk(int capacity, int dimensions, RowFormat format, RowFormat? coarse)
    {
        Capacity = capacity;
        Rows = new RowStore(format, dimensions, capacity);
        Coarse = coarse is { } c ? new RowStore(c, dimensions, capacity) : null;
        var keys = new AlignedBuffer<int>(capacity);
        Keys = keys.Pointer;
        _keysOwner = keys;
    }

    /// <summary>A closed chunk whose rows lie in a file; each block of them is checked before it is used first.</summary>
    public IndexChunk(RowStore rows, RowStore? coarse, int* keys, object keysOwner, BlockChecks checks)
    {
        Capacity = Count = rows.Capacity;
        Rows = rows;
        Coarse = coarse;
        Keys = keys;
        _keysOwner = keysOwner;
        _checks = checks;
    }

    public int Capacity { get; }

    public RowStore Rows { get; }

    /// <summary>The compact copy that a two-stage search scans, or <c>null</c>.</summary>
    public RowStore? Coarse { get; }

    /// <summary>The key of each place.</summary>
    public int* Keys { get; }

    /// <summary>The version from which on each place is no longer live; <c>null</c> while no place has died.</summary>
    public long* DiedAt => Volatile.Read(ref _diedAt) is { } died ? died.Pointer : null;

    /// <summary>Places written when the chunk was closed; only meaningful once it is.</summary>
    public int Count { get; set; }

    /// <summary>Dead places; for the writer.</summary>
    public int Dead { get; private set; }

    /// <summary>True when the place is live at the version.</summary>
    public bool IsLive(int i, long version)
    {
        long* died = DiedAt;
        return died == null || Volatile.Read(ref died[i]) > version;
    }

    /// <summary>Marks a place as dead from a version on. For the one writer.</summary>
    public void Kill(int i, long version)
    {
        if (_diedAt is null)
        {
            var died = new AlignedBuffer<long>(Capacity);
            died.Span.Fill(long.MaxValue);
            Volatile.Write(ref _diedAt, died);
        }
        Volatile.Write(ref _diedAt.Pointer[i], version);
        Dead++;
    }

    /// <summary>Makes sure that rows of a file are what was saved; nothing to do for rows in memory.</summary>
    /// <exception cref="InvalidDataException">A block does not match its checksum.</exception>
    public void Verify(int from, int to) => _checks?.Verify(from, to);

    /// <summary>Stores a row at place <paramref name="i"/>.</summary>
    public void Write(int i, int key, ReadOnlySpan<float> row)
    {
        Keys[i] = key;
        Rows.Write(i, row);
        Coarse?.Write(i, row);
        GC.KeepAlive(_keysOwner);
    }

    /// <summary>Copies a row and its key from another chunk.</summary>
    public void Copy(int i, IndexChunk from, int j)
    {
        Keys[i] = from.Keys[j];
        Rows.Copy(i, from.Rows, j);
        Coarse?.Copy(i, from.Coarse!, j);
        GC.KeepAlive(_keysOwner);
        GC.KeepAlive(from);
    }
}
