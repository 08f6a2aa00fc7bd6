namespace LlmRec;

/// <summary>What a leakage check found.</summary>
public enum LeakageKind
{
    /// <summary>The very event (same user, item and time) is in the training and among the targets.</summary>
    TestInTrain,

    /// <summary>A user's training or history contains events later than that user's own targets.</summary>
    OwnFuture,

    /// <summary>Training events of anybody are later than the earliest target.</summary>
    GlobalFuture,

    /// <summary>A user or item that was to be held out occurs in the training.</summary>
    HeldOutInTrain,

    /// <summary>The item of a target is already in that user's history.</summary>
    RepeatedTarget,

    /// <summary>The order of history and target rests on equal times, or there are no times to check.</summary>
    UncertainOrder,

    /// <summary>Targets are not among the items that are ranked.</summary>
    TargetNotRanked,
}
