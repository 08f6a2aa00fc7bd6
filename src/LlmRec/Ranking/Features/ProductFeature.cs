using System.Globalization;

namespace LlmRec;

/// <summary>One place of the element-wise product of the history's decayed mean vector and the candidate's vector, times √d.</summary>
internal sealed class ProductFeature(int dimension, float decay) : IBuiltInFeature
{
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"product.{dimension}");

    public string Recipe => FeatureRecipes.Write("product", dimension, decay);

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        values.Clear();
        int d = candidates.Space.Dimensions;
        if (dimension >= d || user.Count == 0) return;
        float mean = 0f, fade = 1f, total = 0f;
        for (int r = 0; r < user.Count && r < BehaviourPlan.MaxHistory; r++)
        {
            mean += fade * user.VectorAt(r)[dimension];
            total += fade;
            fade *= decay;
        }
        mean *= MathF.Sqrt(d) / total;
        for (int i = 0; i < values.Length; i++) values[i] = mean * candidates.VectorAt(i)[dimension];
    }
}
