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

    private readonly AlignedBuffer<float> _rows;

    public IndexChunk(int capacity, int stride)
    {
        Capacity = capacity;
        Stride = stride;
        _rows = new AlignedBuffer<float>(checked(capacity * stride));
        Keys = GC.AllocateUninitializedArray<int>(capacity, pinned: true);
        DiedAt = GC.AllocateUninitializedArray<long>(capacity, pinned: true);
    }

    public int Capacity { get; }

    public int Stride { get; }

    /// <summary>The key of each place.</summary>
    public int[] Keys { get; }

    /// <summary>The version from which on each place is no longer live; <see cref="long.MaxValue"/> while it is.</summary>
    public long[] DiedAt { get; }

    /// <summary>Places written when the chunk was closed; only meaningful once it is.</summary>
    public int Count { get; set; }

    /// <summary>Dead places; for the writer.</summary>
    public int Dead { get; set; }

    /// <summary>capacity × stride.</summary>
    public float* Rows => _rows.Pointer;

    /// <summary>The row at place <paramref name="i"/> with its padding.</summary>
    public Span<float> Row(int i) => _rows.Span.Slice(i * Stride, Stride);
}
