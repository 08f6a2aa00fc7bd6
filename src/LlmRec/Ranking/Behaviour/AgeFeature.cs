using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>−ln(1 + days since the item appeared); 0 when that is unknown or yet to come.</summary>
internal sealed class AgeFeature : IBuiltInFeature
{
    private const float MillisecondsPerDay = 86_400_000f;

    public string Name => "recency";

    public string Recipe => FeatureRecipes.Write("recency");

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        values.Clear();
        if (candidates.Space.Behaviour is not { } model) return;
        ReadOnlySpan<int> items = candidates.Handles;
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i] >= model.HandleCount) continue;
            long since = model.AppearedAt(items[i]);
            if (since != InteractionLog.NoTime) values[i] = MathF.Max(0f, (user.NowMilliseconds - since) / MillisecondsPerDay);
        }
        TensorPrimitives.LogP1(values, values);
        TensorPrimitives.Negate(values, values);
    }
}
