namespace LlmRec;

/// <summary>A feature that can say which events of the history are behind its value.</summary>
internal interface IHistoryFeature : IFeature
{
    /// <summary>Shares the value out.</summary>
    /// <param name="user">The user.</param>
    /// <param name="item">The item's handle.</param>
    /// <param name="shares">Receives a value a place of the history, newest first; they sum to 1, or are all 0 when nothing matches.</param>
    void Shares(UserProfile user, int item, Span<float> shares);
}
