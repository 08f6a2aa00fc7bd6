namespace LlmRec;

/// <summary>How alike two users are by their ratings of the items both rated, or two items by the users who rated both.</summary>
public enum RatingSimilarity
{
    /// <summary>The cosine of the common ratings.</summary>
    Cosine = 0,

    /// <summary>1 / (mean squared difference + 1).</summary>
    MeanSquaredDifference = 1,

    /// <summary>The correlation of the common ratings, with means over these; 0 where one of them does not vary.</summary>
    Pearson = 2,

    /// <summary>The correlation of what the baselines leave of the common ratings, shrunk by (n − 1) / (n − 1 + shrinkage) for n of them; 0 for fewer than two.</summary>
    PearsonBaseline = 3,

    /// <summary>The cosine after the mean is taken from each one's ratings, with lengths over all ratings and not only common ones: few in common are little alike.</summary>
    CentredCosine = 4,
}
