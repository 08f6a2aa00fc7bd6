namespace LlmRec;

/// <summary>How a <see cref="TransformerUserEncoder"/> puts a user into words.</summary>
public sealed record TransformerUserOptions
{
    /// <summary>Put before a user's words. <see langword="null"/> (the default) takes the model's own prompt for queries where it has one, else its default prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>Most titles of the history that are named, newest first and each once, at least 0, default 5.</summary>
    public int HistoryItems { get; init; } = 5;

    /// <summary>
    /// Puts a user into words instead: what they say, then the titles, is the default. An empty text means there is nothing to say of the user. Called
    /// from several threads.
    /// </summary>
    public Func<UserProfile, string>? Compose { get; init; }

    /// <summary>Bytes of the newest vectors kept in memory, so that a user who pages through lists is not encoded again, at least 1; default 16 MB.</summary>
    public long CacheBytes { get; init; } = 16 << 20;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(HistoryItems);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CacheBytes);
    }
}
