namespace LlmRec;

/// <summary>What a split promises to be new to the models; the leakage check holds it to that.</summary>
public enum HeldOut
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>The users of the targets: none of their events is in the training.</summary>
    Users,

    /// <summary>The items of the targets: no training event is of them.</summary>
    Items,
}
