namespace LlmRec;

/// <summary>What average precision divides by: the libraries disagree, so the choice has a name.</summary>
public enum AveragePrecisionDivisor
{
    /// <summary>The number of relevant items (RecTools, ranx, TREC).</summary>
    Relevant,

    /// <summary>The smaller of k and the number of relevant items (the usual competition form).</summary>
    Achievable,

    /// <summary>k (RecTools' <c>divide_by_k</c>).</summary>
    Cutoff,

    /// <summary>The smaller of the list's length and the number of relevant items (LensKit); undefined for an empty list.</summary>
    ReturnedAndRelevant,
}
