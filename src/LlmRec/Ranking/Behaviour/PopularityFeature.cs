using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>ln(1 + events), of all time or faded by the half-life; for everybody, or the less the more is known of the user, or the more.</summary>
internal sealed class PopularityFeature(bool recent, PopularityFeature.For whom = PopularityFeature.For.All) : IBuiltInFeature
{
    public enum For
    {
        All,
        Newcomer,
        KnownUser,
    }

    public string Name { get; } = (recent ? "popularity.recent" : "popularity") + whom switch { For.Newcomer => ".newcomer", For.KnownUser => ".known", _ => "" };

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
        if (whom == For.Newcomer) TensorPrimitives.Divide(values, 1f + user.Count, values);
        if (whom == For.KnownUser) TensorPrimitives.Multiply(values, BehaviourFeature.Knowledge(user.Count), values);
    }
}
