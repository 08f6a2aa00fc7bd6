namespace LlmRec;

/// <summary>What an evaluation asks of a recommender: for users as histories, the best items.</summary>
/// <remarks>
/// A model is fitted before it comes here, on the training events only. Implementations may be called from several threads at
/// once, and give a user the same list alone and in a batch. A model that can score every item implements <see cref="IScoringModel"/> instead.
/// </remarks>
public interface ITopNModel
{
    /// <summary>A short name for tables.</summary>
    string Name { get; }

    /// <summary>The lists of a batch of users.</summary>
    /// <param name="requests">n users with the items that must not come back.</param>
    /// <param name="count">Most items a list may have, at least 1; it may exceed the catalog.</param>
    /// <returns>n lists in the order of the requests, best item first, no item twice; shorter than <paramref name="count"/> when there is no more to offer.</returns>
    IReadOnlyList<IReadOnlyList<ScoredItem>> Recommend(IReadOnlyList<TopNRequest> requests, int count);
}
