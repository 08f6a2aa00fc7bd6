namespace LlmRec;

/// <summary>Scored candidates for a diversifier: scores, vectors and items, row for row.</summary>
/// <remarks>Not thread-safe; reuse one object per thread to avoid allocation.</remarks>
public sealed class RankedCandidates
{
    /// <summary>n scores; higher is better; finite.</summary>
    public ReadOnlyMemory<float> Scores { get; set; }

    /// <summary>n × d vectors, row after row; empty when there are none.</summary>
    public ReadOnlyMemory<float> Vectors { get; set; }

    /// <summary>Dimensions d of the vectors; 0 when there are none.</summary>
    public int Dimensions { get; set; }

    /// <summary>The n items, for strategies that look at categories or attributes; empty when only vectors count.</summary>
    public IReadOnlyList<Item> Items { get; set; } = [];

    /// <summary>Number of candidates n.</summary>
    public int Count => Scores.Length;

    /// <summary>The vector of a candidate.</summary>
    public ReadOnlySpan<float> VectorAt(int index) => Vectors.Span.Slice(index * Dimensions, Dimensions);
}
