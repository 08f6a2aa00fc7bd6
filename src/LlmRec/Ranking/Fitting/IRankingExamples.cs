namespace LlmRec;

/// <summary>Situations to learn a ranking from.</summary>
/// <remarks>Implementations are thread-safe.</remarks>
internal interface IRankingExamples
{
    int Count { get; }

    /// <summary>Loads a situation.</summary>
    /// <param name="index">0 ≤ index &lt; <see cref="Count"/>.</param>
    /// <param name="user">Receives the user as known at that moment.</param>
    /// <param name="items">Receives the items in question; already reset to the space.</param>
    /// <param name="labels">Receives a label an item: 1 wanted, 0 not, or a value to predict.</param>
    /// <returns>True when all other items the user has not seen compete too.</returns>
    bool Load(int index, UserProfile user, Candidates items, List<float> labels);
}
