namespace LlmRec;

/// <summary>How a <see cref="FileEmbeddingCache"/> is opened.</summary>
public sealed record FileEmbeddingCacheOptions
{
    /// <summary>
    /// Opens what is there without becoming the writer: any number of processes may do so beside one writer, and see the entries that were
    /// there when they opened. <see cref="FileEmbeddingCache.Add"/> then does nothing. Default false.
    /// </summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether <see cref="FileEmbeddingCache.Flush"/> waits for the disk, so that a crash of the machine loses nothing either; default false, when only a crash of the process loses nothing.</summary>
    public bool FlushToDisk { get; init; }
}
