namespace LlmRec;

/// <summary>How <see cref="InteractionLog"/> reads events.</summary>
/// <remarks>
/// Nothing is silently coerced: an empty or missing user or item, text or NaN or infinity in the value column, a value beyond float32, an
/// unknown kind, an ambiguous, mixed, too early or too late time, bytes that are not UTF-8, lone surrogates, a wrong number of fields and
/// broken quoting or JSON all make a row malformed. An empty value, time, kind or text means that there is none.
/// </remarks>
public sealed class InteractionReadOptions : TableReadOptions
{
    /// <summary>The column of the user's id. Default: <c>user_id, user, uid, userName, customer_id, customer, reviewer_id, reviewer, member_id, visitor_id, account_id, session_id</c>.</summary>
    public string? UserColumn { get; init; }

    /// <summary>The column of the item's id. Default: <c>item_id, item, iid, movie_id, movie, product_id, product, article_id, parent_asin, asin, sku, isbn, book_id, song_id, track_id, video_id, news_id, game_id, business_id, content_id</c>.</summary>
    public string? ItemColumn { get; init; }

    /// <summary>The column of the value. Default: <c>rating, score, stars, value, overall, weight, playCount, plays</c>.</summary>
    public string? ValueColumn { get; init; }

    /// <summary>The column of the kind, in words such as <c>view, click, addtocart, purchase</c>, or the names of <see cref="InteractionKind"/>. Default: <c>kind, event, event_type, action, behavior, behavior_type, interaction_type</c>.</summary>
    public string? KindColumn { get; init; }

    /// <summary>The column of the words that came with the event. Default: <c>text, review, review_text, comment, tag, query</c>.</summary>
    public string? TextColumn { get; init; }

    /// <summary>The kind of an event whose row names none. Default: <see cref="InteractionKind.Rating"/> when the value column is called rating, stars or overall and the row has a value, otherwise <see cref="InteractionKind.View"/>.</summary>
    public InteractionKind? Kind { get; init; }

    /// <summary>More words of the kind column, beyond the built-in ones; compared without case. Default: none.</summary>
    public IReadOnlyDictionary<string, InteractionKind>? Kinds { get; init; }

    /// <summary>Times before this are malformed; negative ones are, unless this allows them. Default: 1970-01-01 UTC.</summary>
    public DateTimeOffset Earliest { get; init; } = DateTimeOffset.UnixEpoch;
}
