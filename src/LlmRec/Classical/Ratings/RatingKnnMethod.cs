namespace LlmRec;

/// <summary>What a <see cref="RatingKnnModel"/> averages over the neighbours, each with the weight of the similarity. x is the user, or the item when it compares items.</summary>
public enum RatingKnnMethod
{
    /// <summary>The neighbours' ratings.</summary>
    Basic = 0,

    /// <summary>How far they lie from the neighbours' means, on top of the mean of x.</summary>
    WithMeans = 1,

    /// <summary>The same in standard deviations of the neighbours, scaled by that of x.</summary>
    WithZScore = 2,

    /// <summary>How far they lie from the baselines μ + bᵤ + bᵢ, on top of the baseline (Y. Koren, ACM TKDD 4(1), 2010).</summary>
    Baseline = 3,
}
