namespace LlmRec;

/// <summary>What building a recommender found and did.</summary>
public sealed record BuildReport
{
    /// <summary>Items in the catalog.</summary>
    public int Items { get; init; }

    /// <summary>Items whose vector is zero because the encoder found nothing in them that it knows.</summary>
    public int ItemsWithoutVector { get; init; }

    /// <summary>Users with at least one event on a known item.</summary>
    public int Users { get; init; }

    /// <summary>Events on known items.</summary>
    public long Events { get; init; }

    /// <summary>Events left out because the catalog does not know their item.</summary>
    public int UnknownItemEvents { get; init; }

    /// <summary>The first few such item ids.</summary>
    public IReadOnlyList<string> UnknownItems { get; init; } = [];

    /// <summary>Users whose held-back event the head was fitted on; 0 when it works with its default weights.</summary>
    public int FittedUsers { get; init; }

    /// <summary>How the fit went, or <see langword="null"/> when the head was not fitted.</summary>
    public LinearScoringReport? Fit { get; init; }
}
