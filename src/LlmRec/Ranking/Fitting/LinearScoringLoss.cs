namespace LlmRec;

/// <summary>What a <see cref="LinearScoringHead"/> minimises.</summary>
public enum LinearScoringLoss
{
    /// <summary>Cross-entropy of a softmax over all items, or over a corrected sample of them: the wanted item should beat every other. For ranked lists; the default.</summary>
    Listwise,

    /// <summary>Logistic loss of each item alone: the score is the log-odds of a click. For shown lists with clicks and passes.</summary>
    Logistic,

    /// <summary>Half the squared error: the score is the value itself. For ratings.</summary>
    Squared,

    /// <summary>Logistic loss of the difference between a wanted and an unwanted item (BPR; Rendle et al., UAI 2009).</summary>
    PairwiseLogistic,

    /// <summary>Half the squared hinge of that difference with margin 1.</summary>
    PairwiseHinge,
}
