namespace LlmRec;

/// <summary>How alike two vectors are.</summary>
public enum VectorSimilarity
{
    /// <summary>The cosine; a negative one counts as 0 where a similarity must not be negative (<see cref="DiversityStrategy.Mmr"/>, <see cref="DiversityStrategy.Cover"/>).</summary>
    Cosine = 0,

    /// <summary>The dot product clipped to the cosine's range: right, and faster, for vectors that have unit length already.</summary>
    UnitDot = 1,

    /// <summary>The dot product, unbounded; <see cref="DiversityStrategy.Mmr"/> and <see cref="DiversityStrategy.Cover"/> take max(dot, 0).</summary>
    Dot = 2,
}
