namespace LlmRec;

/// <summary>What a grade is worth in NDCG.</summary>
public enum GainKind
{
    /// <summary>1 for any grade above 0.</summary>
    Binary,

    /// <summary>The grade itself.</summary>
    Linear,

    /// <summary>2^grade − 1.</summary>
    Exponential,
}
