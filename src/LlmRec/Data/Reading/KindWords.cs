using System.Globalization;

namespace LlmRec;

/// <summary>The words that shops, players and data sets use for the kinds of interaction.</summary>
internal sealed class KindWords
{
    private readonly Dictionary<string, InteractionKind> _kinds = new(StringComparer.OrdinalIgnoreCase);

    public KindWords(IReadOnlyDictionary<string, InteractionKind>? more)
    {
        Add(InteractionKind.View, "view", "views", "pv", "pageview", "page_view", "detail", "detail_view", "impression", "open", "visit");
        Add(InteractionKind.Click, "click", "clicks", "clk");
        Add(InteractionKind.Play, "play", "watch", "listen", "read", "stream", "consume");
        Add(InteractionKind.Like, "like", "love", "upvote", "thumbs_up");
        Add(InteractionKind.Save, "save", "fav", "favorite", "favourite", "bookmark", "wishlist", "collect");
        Add(InteractionKind.Cart, "cart", "addtocart", "add_to_cart", "add-to-cart", "basket");
        Add(InteractionKind.Purchase, "purchase", "buy", "order", "transaction", "pay", "sale");
        Add(InteractionKind.Rating, "rating", "rate", "review");
        Add(InteractionKind.Skip, "skip", "pass", "ignore");
        Add(InteractionKind.Dislike, "dislike", "hide", "downvote", "thumbs_down", "hate");
        if (more is null) return;
        foreach ((string word, InteractionKind kind) in more) _kinds[word] = kind;
    }

    public bool TryFind(ReadOnlySpan<char> word, out InteractionKind kind) =>
        _kinds.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out kind);

    public string List => string.Join(", ", _kinds.Keys.Order(StringComparer.Create(CultureInfo.InvariantCulture, false)));

    private void Add(InteractionKind kind, params ReadOnlySpan<string> words)
    {
        foreach (string word in words) _kinds.Add(word, kind);
    }
}
