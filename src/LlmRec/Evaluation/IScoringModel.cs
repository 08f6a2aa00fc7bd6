namespace LlmRec;

/// <summary>A model that scores every item for a user, so that exact ranks are known beyond the list.</summary>
public interface IScoringModel : ITopNModel
{
    /// <summary>Ids of the m items the model can recommend; always the same list in the same order. Of two items with equal scores the earlier one ranks higher.</summary>
    IReadOnlyList<string> Items { get; }

    /// <summary>Scores all items for a batch of users.</summary>
    /// <param name="requests">n users. Excluded items may be scored; whoever ranks the scores leaves them out.</param>
    /// <param name="scores">Receives n × m scores, row after row; higher is better. <see cref="float.NegativeInfinity"/> means "would not recommend it"; never NaN.</param>
    /// <exception cref="ArgumentException"><paramref name="scores"/> is shorter than n × m.</exception>
    void Score(IReadOnlyList<TopNRequest> requests, Span<float> scores);

    /// <inheritdoc/>
    IReadOnlyList<IReadOnlyList<ScoredItem>> ITopNModel.Recommend(IReadOnlyList<TopNRequest> requests, int count) =>
        TopNSelection.FromScores(this, requests, count);
}
