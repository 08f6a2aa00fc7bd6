namespace LlmRec;

/// <summary>
/// All that is known of a user for one request: a history, free text, attributes, a session. An id only looks a stored history up;
/// a user without one is a user all the same.
/// </summary>
/// <remarks>Immutable and thread-safe. Build one with <see cref="Of"/>, <see cref="OfText"/> or <see cref="OfHistory(string[])"/> and <c>with</c>.</remarks>
public sealed record UserContext
{
    /// <summary>The host's id of the user, or <see langword="null"/> for an anonymous one. An id never seen before is no error.</summary>
    public string? Id { get; init; }

    /// <summary>Events beyond those stored for <see cref="Id"/>, oldest first; they come after the stored ones. Items the catalog does not know are ignored and reported.</summary>
    public IReadOnlyList<Interaction> History { get; init; } = [];

    /// <summary>What the user says, such as "I like slow science fiction"; <see langword="null"/> when nothing.</summary>
    public string? Text { get; init; }

    /// <summary>What is known of the user besides, such as language or country; matched against item attributes of the same name.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = NoAttributes;

    /// <summary>The moment of the request; <see langword="null"/> means now, by the recommender's clock.</summary>
    public DateTimeOffset? Time { get; init; }

    private static readonly IReadOnlyDictionary<string, string> NoAttributes = new Dictionary<string, string>();

    /// <summary>A user of this id.</summary>
    public static UserContext Of(string id) => new() { Id = id ?? throw new ArgumentNullException(nameof(id)) };

    /// <summary>An anonymous user of whom only words are known.</summary>
    public static UserContext OfText(string text) => new() { Text = text ?? throw new ArgumentNullException(nameof(text)) };

    /// <summary>An anonymous user who liked these items, oldest first.</summary>
    public static UserContext OfHistory(params string[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new() { History = [.. items.Select(i => new Interaction("", i))] };
    }
}
