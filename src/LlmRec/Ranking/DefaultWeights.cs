namespace LlmRec;

/// <summary>Weights for a head nobody has fitted, and what fitting starts from: similarity of texts, co-occurrence faded with age, and popularity for newcomers.</summary>
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
        ["followers.0.3"] = 0.4f,
        ["followers.0.5"] = 0.2f,
        ["followers.0.8"] = 0.3f,
        ["followers.0.95"] = 0.2f,
        ["followers.1"] = 0.1f,
        ["followers.each.0.5"] = 0.15f,
        ["followers.each.0.8"] = 0.1f,
        ["predecessors.0.5"] = 0.2f,
        ["predecessors.0.8"] = 0.1f,
        ["companions.0.8"] = 0.1f,
        ["companions.0.95"] = 0.4f,
        ["popularity.newcomer"] = 0.8f,
        ["popularity.recent"] = 0.1f,
        ["cosine"] = 1f,
        ["cosine.best"] = 0.7f,
        ["text"] = 4f,
        ["categories"] = 0.7f,
        ["attributes"] = 0.7f,
        ["attributes.user"] = 1f,
    };
}
