namespace LlmRec;

/// <summary>
/// A user as the vectors of the latest items, each for itself: a candidate scores the mean of its best few cosines, so that one old
/// interest is not averaged away by another (late interaction, after Khattab and Zaharia 2020).
/// </summary>
/// <remarks>Thread-safe, allocates nothing. O(vectors · d) a user, and as many cosines a candidate. An item that occurs again in the history counts once, where it is newest.</remarks>
public sealed class LateInteractionUserEncoder : IUserEncoder
{
    private readonly HistoryDecay _decay;

    /// <summary>Creates the encoder.</summary>
    /// <param name="vectors">Most items a user is represented by, at least 1.</param>
    /// <param name="top">How many of the best cosines count, 1 to <paramref name="vectors"/>.</param>
    /// <param name="decay">How much each event counts; <see langword="null"/> for the defaults with a slower decay of 0.8.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public LateInteractionUserEncoder(int vectors = 20, int top = 3, HistoryDecay? decay = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vectors);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top, vectors);
        _decay = decay ?? new() { Rank = 0.8 };
        _decay.Check();
        VectorsPerUser = vectors;
        TopVectors = top;
    }

    /// <inheritdoc/>
    public int VectorsPerUser { get; }

    /// <inheritdoc/>
    public int TopVectors { get; }

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<UserProfile> users, int dimensions, Span<float> vectors, Span<float> weights)
    {
        UserVectors.Check(this, users, dimensions, vectors, weights);
        for (int u = 0; u < users.Count; u++)
            Encode(users[u], dimensions, vectors.Slice(u * VectorsPerUser * dimensions, VectorsPerUser * dimensions), weights.Slice(u * VectorsPerUser, VectorsPerUser));
    }

    private void Encode(UserProfile user, int dimensions, Span<float> vectors, Span<float> weights)
    {
        vectors.Clear();
        weights.Clear();
        ReadOnlySpan<int> handles = user.Handles;
        HistoryDecay.Walk walk = _decay.Start(user);
        for (int n = 0; n < VectorsPerUser && walk.Next();)
        {
            if (handles[..walk.Place].Contains(handles[walk.Place])) continue;
            Span<float> vector = vectors.Slice(n * dimensions, dimensions);
            user.VectorAt(walk.Place).CopyTo(vector);
            if (UserVectors.Normalise(vector) > 0) weights[n++] = walk.Weight;
        }
    }
}
