using System.Buffers;
using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// A weighted blend of other user encoders. What an encoder has nothing to say about (no history, no text) is left to the others.
/// </summary>
/// <remarks>
/// Encoders with one vector a user are added up to one: the cosine to the sum is the weighted sum of the cosines. Those with several
/// stand beside it, each of its m counted vectors with 1/m of its encoder's weight; of all of these a candidate's best count, as many
/// as the parts count together. Thread-safe, allocates nothing once warm.
/// </remarks>
public sealed class BlendUserEncoder : IUserEncoder
{
    private readonly (IUserEncoder Encoder, float Weight)[] _single;
    private readonly (IUserEncoder Encoder, float Weight)[] _several;

    /// <summary>Creates the blend.</summary>
    /// <param name="parts">Encoders with their weights, at least one; weights are positive and matter only relative to each other.</param>
    /// <exception cref="ArgumentException">There is no part, or a weight is not positive and finite.</exception>
    public BlendUserEncoder(params ReadOnlySpan<(IUserEncoder Encoder, float Weight)> parts)
    {
        if (parts.IsEmpty) throw new ArgumentException("a blend needs at least one encoder", nameof(parts));
        foreach ((IUserEncoder encoder, float weight) in parts)
        {
            ArgumentNullException.ThrowIfNull(encoder, nameof(parts));
            if (!(weight > 0 && float.IsFinite(weight)))
                throw new ArgumentException($"the weight of {encoder.GetType().Name} must be positive and finite, got {weight}", nameof(parts));
        }
        _single = [.. parts.ToArray().Where(p => p.Encoder.VectorsPerUser == 1)];
        _several = [.. parts.ToArray().Where(p => p.Encoder.VectorsPerUser > 1)];
        int one = _single.Length > 0 ? 1 : 0;
        VectorsPerUser = one + _several.Sum(p => p.Encoder.VectorsPerUser);
        TopVectors = one + _several.Sum(p => p.Encoder.TopVectors);
    }

    /// <inheritdoc/>
    public int VectorsPerUser { get; }

    /// <inheritdoc/>
    public int TopVectors { get; }

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<UserProfile> users, int dimensions, Span<float> vectors, Span<float> weights)
    {
        UserVectors.Check(this, users, dimensions, vectors, weights);
        int n = users.Count, most = 1;
        foreach ((IUserEncoder encoder, _) in _several) most = Math.Max(most, encoder.VectorsPerUser);
        vectors[..(n * VectorsPerUser * dimensions)].Clear();
        weights[..(n * VectorsPerUser)].Clear();
        float[] partVectors = ArrayPool<float>.Shared.Rent(n * most * dimensions), partWeights = ArrayPool<float>.Shared.Rent(n * most);
        try
        {
            foreach ((IUserEncoder encoder, float weight) in _single)
            {
                encoder.Encode(users, dimensions, partVectors, partWeights);
                for (int u = 0; u < n; u++)
                {
                    if (partWeights[u] == 0) continue;
                    Span<float> sum = vectors.Slice(u * VectorsPerUser * dimensions, dimensions);
                    TensorPrimitives.MultiplyAdd(partVectors.AsSpan(u * dimensions, dimensions), weight * partWeights[u], sum, sum);
                }
            }
            int place = 0;
            if (_single.Length > 0)
            {
                place = 1;
                for (int u = 0; u < n; u++)
                {
                    float length = UserVectors.Normalise(vectors.Slice(u * VectorsPerUser * dimensions, dimensions));
                    // Alone, the vector's weight says nothing; beside others it keeps the parts' proportions.
                    weights[u * VectorsPerUser] = VectorsPerUser == 1 && length > 0 ? 1 : length;
                }
            }
            foreach ((IUserEncoder encoder, float weight) in _several)
            {
                encoder.Encode(users, dimensions, partVectors, partWeights);
                int k = encoder.VectorsPerUser;
                for (int u = 0; u < n; u++)
                {
                    int to = u * VectorsPerUser + place;
                    partVectors.AsSpan(u * k * dimensions, k * dimensions).CopyTo(vectors[(to * dimensions)..]);
                    TensorPrimitives.Multiply(partWeights.AsSpan(u * k, k), weight / encoder.TopVectors, weights.Slice(to, k));
                }
                place += k;
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(partVectors);
            ArrayPool<float>.Shared.Return(partWeights);
        }
    }
}
