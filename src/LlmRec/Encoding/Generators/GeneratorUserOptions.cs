namespace LlmRec;

/// <summary>How a <see cref="GeneratorUserEncoder"/> puts a user into words.</summary>
public sealed record GeneratorUserOptions
{
    /// <summary>What the model wants before a query, such as <c>query: </c>; default nothing.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Most titles of the history that are named, newest first and each once, at least 0, default 5.</summary>
    public int HistoryItems { get; init; } = 5;

    /// <summary>
    /// Puts a user into words instead: what they say, then the titles, is the default. An empty text means there is nothing to say of the user. Called
    /// from several threads.
    /// </summary>
    public Func<UserProfile, string>? Compose { get; init; }

    /// <summary>How the generator is asked: request, dimensions, batch. Prompt and text of it are not used.</summary>
    public GeneratorEncoderOptions Asking { get; init; } = new();

    /// <summary>Bytes of the newest vectors kept in memory, so that a user who pages through lists is not encoded again, at least 1; default 16 MB.</summary>
    public long CacheBytes { get; init; } = 16 << 20;

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Prompt);
        ArgumentNullException.ThrowIfNull(Asking);
        ArgumentOutOfRangeException.ThrowIfNegative(HistoryItems);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CacheBytes);
        Asking.Check();
    }
}
