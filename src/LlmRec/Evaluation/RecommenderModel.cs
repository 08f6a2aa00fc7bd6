namespace LlmRec;

/// <summary>A <see cref="Recommender"/> as a model under evaluation, asked exactly as a host would ask it.</summary>
/// <param name="recommender">The recommender, built on the training events only.</param>
/// <param name="name">A short name for tables.</param>
/// <param name="diversity">The knob its lists are made with.</param>
/// <remarks>Thread-safe, as the recommender is.</remarks>
public sealed class RecommenderModel(Recommender recommender, string name = "LlmRec", double diversity = 0) : ITopNModel
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<ScoredItem>> Recommend(IReadOnlyList<TopNRequest> requests, int count)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var lists = new IReadOnlyList<ScoredItem>[requests.Count];
        for (int i = 0; i < lists.Length; i++)
        {
            var options = new RecommendOptions { Count = count, Diversity = diversity, ExcludeSeen = false, Explain = false, Filter = Filter.Deny(requests[i].Exclude) };
            RecommendationList list = recommender.Recommend(requests[i].User, options);
            var scored = new ScoredItem[list.Count];
            for (int r = 0; r < scored.Length; r++) scored[r] = new ScoredItem(list[r].Item.Id, list[r].Score);
            lists[i] = scored;
        }
        return lists;
    }
}
