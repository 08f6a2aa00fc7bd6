namespace LlmRec;

/// <summary>What a split uses an event for.</summary>
public enum EventRole : byte
{
    /// <summary>For nothing.</summary>
    Unused = 0,

    /// <summary>Models are fitted on it, and it belongs to its user's history.</summary>
    Train = 1,

    /// <summary>It belongs to its user's history, but no model is fitted on it (users held out as a whole).</summary>
    Context = 2,

    /// <summary>Target while parameters are chosen; afterwards part of the history.</summary>
    Validation = 3,

    /// <summary>Target of the final figures, and nothing else.</summary>
    Test = 4,
}
