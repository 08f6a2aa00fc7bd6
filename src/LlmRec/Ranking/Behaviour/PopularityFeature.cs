using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>ln(1 + events), of all time or faded by the half-life.</summary>
internal sealed class PopularityFeature(bool recent) : IBuiltInFeature
{
    public string Name => recent ? "popularity.recent" : "popularity";

    public string Recipe => FeatureRecipes.Write(Name);

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        values.Clear();
        if (candidates.Space.Behaviour is not { } model) return;
        ReadOnlySpan<int> items = candidates.Handles;
        for (int i = 0; i < items.Length; i++)
            if (items[i] < model.HandleCount)
                values[i] = recent ? model.RecentPopularity(items[i], user.NowMilliseconds) : model.Popularity[items[i]];
        TensorPrimitives.LogP1(values, values);
    }
}
