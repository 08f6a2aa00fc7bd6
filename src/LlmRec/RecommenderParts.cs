namespace LlmRec;

/// <summary>What a recommender is put together from, fresh or from a folder.</summary>
internal sealed record RecommenderParts
{
    public required IItemEncoder ItemEncoder { get; init; }

    public required IUserEncoder UserEncoder { get; init; }

    public required IDiversifier Diversifier { get; init; }

    public required RecommenderOptions Options { get; init; }

    public required ItemSpace Items { get; init; }

    public required HistoryStore Histories { get; init; }

    public required BehaviourModel Behaviour { get; init; }

    public required IRanker Ranker { get; init; }

    public required BuildReport Report { get; init; }
}
