namespace LlmRec;

/// <summary>Weights for a head nobody has fitted: similarity of texts, co-occurrence, a little popularity, all faded with age.</summary>
internal static class DefaultWeights
{
    public static IReadOnlyDictionary<string, float> Of(IReadOnlyCollection<string> names)
    {
        var weights = new Dictionary<string, float>();
        foreach (string name in names)
            if (Known.TryGetValue(name, out float weight))
                weights.Add(name, weight);
        return weights;
    }

    private static readonly Dictionary<string, float> Known = new()
    {
        ["followers.0.5"] = 0.3f,
        ["followers.0.8"] = 0.4f,
        ["followers.0.95"] = 0.3f,
        ["predecessors.0.8"] = 0.2f,
        ["companions.0.8"] = 0.3f,
        ["companions.0.95"] = 0.3f,
        ["popularity"] = 0.1f,
        ["popularity.recent"] = 0.1f,
        ["cosine"] = 2f,
        ["cosine.best"] = 1f,
        ["text"] = 5f,
        ["categories"] = 0.5f,
        ["attributes"] = 0.5f,
        ["attributes.user"] = 1f,
    };
}
