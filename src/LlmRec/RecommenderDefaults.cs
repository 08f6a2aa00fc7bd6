namespace LlmRec;

/// <summary>The parts a recommender has when nobody says otherwise.</summary>
internal static class RecommenderDefaults
{
    public static IUserEncoder UserEncoder() => new BlendUserEncoder((new MeanUserEncoder(), 0.6f), (new TextUserEncoder(), 0.4f));

    public static IDiversifier Diversifier() => LlmRec.Diversifier.Create(DiversityStrategy.Mmr, new() { CategoryWeight = 0.5f });

    /// <summary>What makes two items alike: content, company and categories, each between 0 and 1.</summary>
    public static LinearScoringHead Similarity() => new(
        [Features.Cosine(1), Features.Companions(1), Features.Categories(1)],
        new Dictionary<string, float> { ["cosine"] = 1f, ["companions.1"] = 0.5f, ["categories"] = 0.3f });
}
