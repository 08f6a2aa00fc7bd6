namespace LlmRec;

/// <summary>Which table of a <see cref="BehaviourModel"/> a feature reads.</summary>
internal enum BehaviourSignal
{
    /// <summary>What comes after the items of the history.</summary>
    Followers,

    /// <summary>What comes before them.</summary>
    Predecessors,

    /// <summary>What lies in the same histories: item-KNN with user-length weights.</summary>
    Companions,
}
