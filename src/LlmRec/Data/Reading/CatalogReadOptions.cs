namespace LlmRec;

/// <summary>How <see cref="Catalog"/> reads items.</summary>
/// <remarks>
/// Nothing is silently coerced: an empty or missing id, an id that occurred before, an ambiguous or mixed time, bytes that are not UTF-8, lone
/// surrogates, a wrong number of fields and broken quoting or JSON all make a row malformed. Columns without a role become attributes.
/// </remarks>
public sealed class CatalogReadOptions : TableReadOptions
{
    /// <summary>The column of the id. Default: <c>item_id, id, iid, movie_id, product_id, article_id, parent_asin, asin, sku, isbn, book_id, song_id, track_id, video_id, news_id, game_id, business_id, content_id, item, movie, product</c>.</summary>
    public string? IdColumn { get; init; }

    /// <summary>The column of the title. Default: <c>title, name, item_name, product_name, product_title, movie_title, headline</c>.</summary>
    public string? TitleColumn { get; init; }

    /// <summary>The column of the text. Default: <c>text, description, desc, overview, summary, plot, abstract, body, content</c>.</summary>
    public string? TextColumn { get; init; }

    /// <summary>The column of the categories, split at <see cref="ListSeparators"/>; in JSON an array. Default: <c>categories, category, genres, genre, tags, topics</c>.</summary>
    public string? CategoriesColumn { get; init; }

    /// <summary>The columns kept as attributes. Default: every column without a role; empty values are left out.</summary>
    public IReadOnlyCollection<string>? AttributeColumns { get; init; }

    /// <summary>The characters at which a list in one field is split; add a comma only when no category contains one. Default: <c>|;</c>.</summary>
    public string ListSeparators { get; init; } = "|;";
}
