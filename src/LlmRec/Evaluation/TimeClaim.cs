namespace LlmRec;

/// <summary>What a split promises about time; the leakage check holds it to that.</summary>
public enum TimeClaim
{
    /// <summary>Nothing: training events may be later than test events.</summary>
    None,

    /// <summary>For each user alone, history comes before the targets. Other users' later events may still be in the training.</summary>
    WithinUser,

    /// <summary>Everything in the training comes before every test event.</summary>
    Global,
}
