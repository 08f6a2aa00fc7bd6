namespace LlmRec;

/// <summary>What one request asks for.</summary>
public sealed record RecommendOptions
{
    /// <summary>Most items wanted, at least 1; default 10. More than the catalog holds is no error.</summary>
    public int Count { get; init; } = 10;

    /// <summary>0 = relevance only (the ranker's order exactly), 1 = variety only; default 0.</summary>
    public double Diversity { get; init; }

    /// <summary>Which items may be recommended; <see langword="null"/> = all.</summary>
    public Filter? Filter { get; init; }

    /// <summary>Leaves out every item of the user's history, also those passed over or disliked; default true.</summary>
    public bool ExcludeSeen { get; init; } = true;

    /// <summary>Takes every score apart; default true. Without it explanations are empty and the answer a little quicker.</summary>
    public bool Explain { get; init; } = true;

    internal static RecommendOptions Default { get; } = new();

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Count, nameof(Count));
        if (!(Diversity is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(Diversity), Diversity, "diversity runs from 0 (relevance only) to 1 (variety only)");
    }
}
