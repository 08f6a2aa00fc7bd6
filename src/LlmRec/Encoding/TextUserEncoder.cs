namespace LlmRec;

/// <summary>A user as what they say: the vector of <see cref="UserContext.Text"/>, or nothing.</summary>
/// <remarks>Thread-safe, allocates nothing.</remarks>
public sealed class TextUserEncoder : IUserEncoder
{
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
            Span<float> vector = vectors.Slice(u * dimensions, dimensions);
            vector.Clear();
            users[u].TextVector.CopyTo(vector);
            weights[u] = UserVectors.Normalise(vector) > 0 ? 1 : 0;
        }
    }
}
