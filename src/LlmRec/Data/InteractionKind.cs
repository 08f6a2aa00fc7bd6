namespace LlmRec;

/// <summary>What a user did with an item.</summary>
public enum InteractionKind : byte
{
    /// <summary>Saw the item's page, or any event whose kind is not known.</summary>
    View = 0,

    /// <summary>Clicked the item in a list.</summary>
    Click = 1,

    /// <summary>Played, read or watched it.</summary>
    Play = 2,

    /// <summary>Liked it.</summary>
    Like = 3,

    /// <summary>Put it on a list or bookmarked it.</summary>
    Save = 4,

    /// <summary>Put it into the cart.</summary>
    Cart = 5,

    /// <summary>Bought it.</summary>
    Purchase = 6,

    /// <summary>Rated it; the value is the rating.</summary>
    Rating = 7,

    /// <summary>Passed it over: shown, and not wanted at the moment.</summary>
    Skip = 8,

    /// <summary>Disliked it, or asked not to see it again.</summary>
    Dislike = 9,
}
