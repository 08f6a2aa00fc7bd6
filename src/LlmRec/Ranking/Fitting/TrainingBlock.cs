namespace LlmRec;

/// <summary>One example's feature values.</summary>
/// <param name="Values">Feature-major: f columns of n values.</param>
/// <param name="Labels">n labels.</param>
/// <param name="LogWeights">n logarithms of how many items each stands for, or empty.</param>
internal sealed record TrainingBlock(float[] Values, float[] Labels, float[] LogWeights)
{
    public int Count => Labels.Length;

    public ReadOnlySpan<float> Column(int feature) => Values.AsSpan(feature * Count, Count);
}
