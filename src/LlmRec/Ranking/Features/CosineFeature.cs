using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Cosine of the candidate to the decayed mean of the history.</summary>
internal sealed class CosineFeature(float decay) : IHistoryFeature, IBuiltInFeature
{
    [ThreadStatic] private static float[]? s_mean;

    public string Name => "cosine";

    public string Recipe => FeatureRecipes.Write("cosine", decay);

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        int d = candidates.Space.Dimensions;
        if (s_mean is null || s_mean.Length < d) s_mean = new float[d];
        Span<float> mean = s_mean.AsSpan(0, d);
        mean.Clear();
        float fade = 1f;
        for (int r = 0; r < user.Count && r < BehaviourPlan.MaxHistory; r++)
        {
            TensorPrimitives.MultiplyAdd(user.VectorAt(r), fade, mean, mean);
            fade *= decay;
        }
        float length = d == 0 ? 0f : TensorPrimitives.Norm<float>(mean);
        if (!(length > 0))
        {
            values.Clear();
            return;
        }
        for (int i = 0; i < values.Length; i++) values[i] = TensorPrimitives.Dot(mean, candidates.VectorAt(i)) / length;
    }

    public void Shares(UserProfile user, int item, Span<float> shares)
    {
        shares.Clear();
        if (user.Space.Dimensions == 0) return;
        ReadOnlySpan<float> vector = user.Space.VectorOf(item);
        float fade = 1f, total = 0f;
        for (int r = 0; r < user.Count && r < BehaviourPlan.MaxHistory; r++)
        {
            // an event that speaks against the item is no reason for it
            total += shares[r] = fade * MathF.Max(0f, TensorPrimitives.Dot(user.VectorAt(r), vector));
            fade *= decay;
        }
        if (total > 0) TensorPrimitives.Divide(shares, total, shares);
    }
}
