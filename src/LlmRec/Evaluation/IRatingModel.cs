namespace LlmRec;

/// <summary>A model that predicts ratings, not only an order.</summary>
/// <remarks>Implementations may be called from several threads at once.</remarks>
public interface IRatingModel
{
    /// <summary>A short name for tables.</summary>
    string Name { get; }

    /// <summary>Predicts a user's ratings.</summary>
    /// <param name="user">The user: the id looks up the training ratings, further ones come as history. A user or item never seen is no error.</param>
    /// <param name="items">Ids of n items.</param>
    /// <param name="ratings">Receives n predictions, finite and within the scale.</param>
    /// <exception cref="ArgumentException"><paramref name="ratings"/> is shorter than n.</exception>
    void Predict(UserContext user, IReadOnlyList<string> items, Span<float> ratings);
}
