namespace LlmRec.Kernels;

/// <summary>
/// A run of rows of an index. A place, once written and published, never changes: an update writes a new place and marks the old
/// one as dead from a version on, so a reader needs no lock and can never see half a row.
/// </summary>
internal sealed class IndexChunk
{
    /// <summary>Most rows a chunk holds.</summary>
    public const int MaxRows = 1 << PlaceBits;

    /// <summary>Bits of a place that number the row inside its chunk.</summary>
    public const int PlaceBits = 14;

    public IndexChunk(int capacity, int dimensions, RowFormat format, RowFormat? coarse)
    {
        Capacity = capacity;
        Rows = new RowStore(format, dimensions, capacity);
        Coarse = coarse is { } c ? new RowStore(c, dimensions, capacity) : null;
        Keys = GC.AllocateUninitializedArray<int>(capacity, pinned: true);
        DiedAt = GC.AllocateUninitializedArray<long>(capacity, pinned: true);
    }

    public int Capacity { get; }

    /// <summary>The key of each place.</summary>
    public int[] Keys { get; }

    /// <summary>The version from which on each place is no longer live; <see cref="long.MaxValue"/> while it is.</summary>
    public long[] DiedAt { get; }

    /// <summary>Places written when the chunk was closed; only meaningful once it is.</summary>
    public int Count { get; set; }

    /// <summary>Dead places; for the writer.</summary>
    public int Dead { get; set; }

    public RowStore Rows { get; }

    /// <summary>The compact copy that a two-stage search scans, or <c>null</c>.</summary>
    public RowStore? Coarse { get; }

    /// <summary>Stores a row at place <paramref name="i"/>.</summary>
    public void Write(int i, ReadOnlySpan<float> row)
    {
        Rows.Write(i, row);
        Coarse?.Write(i, row);
    }

    /// <summary>Copies a row from another chunk.</summary>
    public void Copy(int i, IndexChunk from, int j)
    {
        Rows.Copy(i, from.Rows, j);
        Coarse?.Copy(i, from.Coarse!, j);
    }
}
