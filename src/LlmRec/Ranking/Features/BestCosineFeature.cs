using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>The largest cosine of the candidate to one of the last items of the history.</summary>
internal sealed class BestCosineFeature(int last) : IHistoryFeature, IBuiltInFeature
{
    public string Name => "cosine.best";

    public string Recipe => FeatureRecipes.Write("cosine.best", last);

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        int places = candidates.Space.Dimensions == 0 ? 0 : Math.Min(last, user.Count);
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<float> item = candidates.VectorAt(i);
            float best = places == 0 ? 0f : -1f;
            for (int r = 0; r < places; r++) best = MathF.Max(best, TensorPrimitives.Dot(user.VectorAt(r), item));
            values[i] = best;
        }
    }

    public void Shares(UserProfile user, int item, Span<float> shares)
    {
        shares.Clear();
        if (user.Space.Dimensions == 0 || user.Count == 0) return;
        int best = 0;
        float largest = float.NegativeInfinity;
        for (int r = 0; r < user.Count && r < last; r++)
        {
            float cosine = TensorPrimitives.Dot(user.VectorAt(r), user.Space.VectorOf(item));
            if (cosine > largest) (best, largest) = (r, cosine);
        }
        shares[best] = 1f;
    }
}
