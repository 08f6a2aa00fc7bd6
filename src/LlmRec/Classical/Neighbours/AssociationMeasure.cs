namespace LlmRec;

/// <summary>How strongly two items occur together, of N users, n_a of whom took a, n_b b, and n_ab both.</summary>
public enum AssociationMeasure
{
    /// <summary>n_ab / (n_a + n_b − n_ab).</summary>
    Jaccard = 0,

    /// <summary>n_ab / √(n_a n_b).</summary>
    Cosine = 1,

    /// <summary>n_ab / n_a: how many of those who took a took b; the only one with a direction.</summary>
    Confidence = 2,

    /// <summary>n_ab N / (n_a n_b): how much more often than by chance.</summary>
    Lift = 3,

    /// <summary>log₂ of the lift, pointwise mutual information; −∞ when nobody took both.</summary>
    PointwiseMutualInformation = 4,

    /// <summary>The log-likelihood ratio of the four cells, at least 0: how sure it is that it is no chance. T. Dunning, Accurate methods for the statistics of surprise and coincidence, Computational Linguistics 19(1), 1993.</summary>
    LogLikelihood = 5,
}
