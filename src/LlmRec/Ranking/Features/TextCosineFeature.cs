using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Cosine of the candidate to the user's words.</summary>
internal sealed class TextCosineFeature : IBuiltInFeature
{
    public string Name => "text";

    public string Recipe => FeatureRecipes.Write("text");

    public void Compute(UserProfile user, Candidates candidates, Span<float> values)
    {
        values = values[..candidates.Count];
        ReadOnlySpan<float> words = user.TextVector;
        if (words.IsEmpty)
        {
            values.Clear();
            return;
        }
        for (int i = 0; i < values.Length; i++) values[i] = TensorPrimitives.Dot(words, candidates.VectorAt(i));
    }
}
