using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>A user as one vector: the mean of the history's item vectors, weighted by recency.</summary>
/// <remarks>Thread-safe, allocates nothing. O(events · d) a user. An item without a vector leaves its share to the others.</remarks>
public sealed class MeanUserEncoder : IUserEncoder
{
    private readonly HistoryDecay _decay;

    /// <summary>Creates the encoder.</summary>
    /// <param name="decay">How much each event counts; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of <paramref name="decay"/> is out of range.</exception>
    public MeanUserEncoder(HistoryDecay? decay = null)
    {
        _decay = decay ?? new();
        _decay.Check();
    }

    /// <inheritdoc/>
    public int VectorsPerUser => 1;

    /// <inheritdoc/>
    public int TopVectors => 1;

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<UserProfile> users, int dimensions, Span<float> vectors, Span<float> weights)
    {
        UserVectors.Check(this, users, dimensions, vectors, weights);
        for (int u = 0; u < users.Count; u++)
        {
            Span<float> mean = vectors.Slice(u * dimensions, dimensions);
            mean.Clear();
            HistoryDecay.Walk walk = _decay.Start(users[u]);
            while (walk.Next())
                TensorPrimitives.MultiplyAdd(users[u].VectorAt(walk.Place), walk.Weight, mean, mean);
            weights[u] = UserVectors.Normalise(mean) > 0 ? 1 : 0;
        }
    }
}
