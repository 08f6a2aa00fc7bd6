namespace LlmRec;

/// <summary>How scores become the relevance a diversifier trades against variety.</summary>
public enum RelevanceScale
{
    /// <summary>As given: what the knob does then depends on the unit of the scores.</summary>
    Raw = 0,

    /// <summary>(s − min) / (max − min) over the candidates: 0..1, the same for scores of any scale and offset. All 0 when all scores are equal.</summary>
    Range = 1,

    /// <summary>(s − mean) / standard deviation over the candidates (population); only centred when all scores are equal.</summary>
    Standard = 2,

    /// <summary>1 for the best down to 0 for the worst, by position in the order of scores; equal scores share their mean position. Deaf to outliers.</summary>
    Rank = 3,
}
