namespace LlmRec.Kernels;

/// <summary>
/// What a reader takes hold of: the chunks, and one word that says how far the open chunk is filled at which version. Replaced as
/// a whole when a chunk is added or dropped.
/// </summary>
/// <param name="chunks">The chunks; a dropped one leaves a hole that a later one fills, so that places keep their meaning.</param>
/// <param name="open">Position of the chunk that takes new rows.</param>
/// <param name="stamp">See <see cref="Stamp"/>.</param>
internal sealed class IndexState(IndexChunk?[] chunks, int open, long stamp)
{
    private long _stamp = stamp;

    public IndexChunk?[] Chunks { get; } = chunks;

    public int Open { get; } = open;

    /// <summary>Version (upper 48 bits) and published rows of the open chunk (lower 16): read and written as one, so a reader's view is of one moment.</summary>
    public long Stamp
    {
        get => Volatile.Read(ref _stamp);
        set => Volatile.Write(ref _stamp, value);
    }

    public static long MakeStamp(long version, int rows) => version << 16 | (uint)rows;

    public static long Version(long stamp) => stamp >> 16;

    public static int OpenRows(long stamp) => (int)(stamp & 0xFFFF);
}
