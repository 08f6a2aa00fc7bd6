namespace LlmRec.Transformers;

/// <summary>What becomes of a match when a text is cut at it.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}
