namespace LlmRec;

/// <summary>Turns users into one or several query vectors in the space of the items.</summary>
/// <remarks>
/// An item's score for a user is the mean of its <see cref="TopVectors"/> largest values of weight × cosine over the user's
/// vectors: with one vector the cosine itself, with several a late interaction. Implementations are thread-safe.
/// </remarks>
public interface IUserEncoder
{
    /// <summary>Most vectors a user is given, at least 1.</summary>
    int VectorsPerUser { get; }

    /// <summary>How many of the best matches count, 1 ≤ m ≤ <see cref="VectorsPerUser"/>.</summary>
    int TopVectors { get; }

    /// <summary>Encodes a batch.</summary>
    /// <param name="users">n users.</param>
    /// <param name="dimensions">Dimensions d of the item space.</param>
    /// <param name="vectors">Receives n × <see cref="VectorsPerUser"/> × d values; unit length or zero. Never NaN.</param>
    /// <param name="weights">Receives n × <see cref="VectorsPerUser"/> weights, at least 0; 0 where a user has fewer vectors.</param>
    /// <exception cref="ArgumentException">A destination is too short.</exception>
    void Encode(IReadOnlyList<UserProfile> users, int dimensions, Span<float> vectors, Span<float> weights);
}
