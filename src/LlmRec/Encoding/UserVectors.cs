using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>What the user encoders have in common.</summary>
internal static class UserVectors
{
    /// <summary>Checks the arguments of <see cref="IUserEncoder.Encode"/>.</summary>
    public static void Check(IUserEncoder encoder, IReadOnlyList<UserProfile> users, int dimensions, ReadOnlySpan<float> vectors, ReadOnlySpan<float> weights)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        long rows = (long)users.Count * encoder.VectorsPerUser;
        if (vectors.Length < rows * dimensions)
            throw new ArgumentException($"{users.Count} users of {encoder.VectorsPerUser} × {dimensions} values need {rows * dimensions}, got room for {vectors.Length}", nameof(vectors));
        if (weights.Length < rows)
            throw new ArgumentException($"{users.Count} users of {encoder.VectorsPerUser} weights need {rows}, got room for {weights.Length}", nameof(weights));
    }

    /// <summary>Scales to unit length, or clears what has no direction; returns the length there was, 0 when cleared.</summary>
    public static float Normalise(Span<float> vector)
    {
        float norm = TensorPrimitives.Norm<float>(vector);
        if (norm > 1e-12f && float.IsFinite(norm))
        {
            TensorPrimitives.Divide(vector, norm, vector);
            return norm;
        }
        vector.Clear();
        return 0;
    }
}
