namespace LlmRec;

/// <summary>How a table is read: delimited text, JSON Lines or a JSON array of objects, which are told apart by their first character.</summary>
/// <remarks>
/// Columns are found by the names people use, whatever the case, spaces, dashes and underscores (<c>user_id</c> = <c>userId</c> = <c>User ID</c>);
/// of several candidates the one earlier in the list of the property's documentation wins. A column option names a column outright, and an
/// empty string says that there is none. White space around an unquoted value is not part of it.
/// </remarks>
public abstract class TableReadOptions : ReadOptions
{
    private protected TableReadOptions()
    {
    }

    /// <summary>What separates the fields: one ASCII character, or several such as <c>::</c>. Default: found from the first lines among comma, semicolon, tab, bar and <c>::</c>.</summary>
    public string? Delimiter { get; init; }

    /// <summary>The names of the columns of a file without a header line, all of them in order. Default: the first line is the header.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>Whether a double quote at the start of a field opens a quoted one (RFC 4180). Set to <see langword="false"/> for exports that never quote. Default: <see langword="true"/>, except with <c>::</c>.</summary>
    public bool? Quotes { get; init; }

    /// <summary>The column of the time. Default: <c>timestamp, time, datetime, ts, unixReviewTime, eventTime, createdAt, date</c>; for items also <c>publishedAt, published, releaseDate</c>.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>
    /// How times are written. Default: found from the first one (seconds, milliseconds and microseconds by their size, which is safe
    /// between 1973 and 2286; anything else is ambiguous and malformed until this says what it is), and then the same for the whole file.
    /// </summary>
    public TimeFormat? TimeFormat { get; init; }

    /// <summary>Times after this are malformed; for example <c>timeProvider.GetUtcNow()</c>. Default: no limit.</summary>
    public DateTimeOffset? Latest { get; init; }
}
