namespace LlmRec;

/// <summary>One choice of a diversifier, and what it added to the list.</summary>
/// <param name="Index">Position of the candidate in the input.</param>
/// <param name="Value">The strategy's own value of this choice at its step, in the strategy's units.</param>
public readonly record struct Pick(int Index, float Value)
{
    /// <summary>Score of the best candidate that was still to be had, less the score of this one; 0 when this one was the best. In the ranker's units, at least 0.</summary>
    public float RelevanceGivenUp { get; init; }

    /// <summary>1 − cosine to the most similar of the earlier picks and the items shown before: 0 for a double, 1 for nothing in common, 2 for the opposite; 0 for the first pick without context, and where there are no vectors.</summary>
    public float DistanceWon { get; init; }

    /// <summary>The first of the item's categories that no earlier pick has; <see langword="null"/> when it brings none.</summary>
    public string? CategoryFilled { get; init; }
}
