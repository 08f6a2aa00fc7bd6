namespace LlmRec;

/// <summary>Scored candidates for a diversifier: scores, vectors and items, row for row, and what the user was shown before.</summary>
/// <remarks>Not thread-safe; reuse one object per thread to avoid allocation.</remarks>
public sealed class RankedCandidates
{
    /// <summary>n scores; higher is better; finite.</summary>
    public ReadOnlyMemory<float> Scores { get; set; }

    /// <summary>n × d vectors, row after row; empty when there are none. A row of zeros is an item whose vector is not known.</summary>
    public ReadOnlyMemory<float> Vectors { get; set; }

    /// <summary>Dimensions d of the vectors; 0 when there are none.</summary>
    public int Dimensions { get; set; }

    /// <summary>The n items, for strategies that look at categories or attributes; empty when only vectors count.</summary>
    public IReadOnlyList<Item> Items { get; set; } = [];

    /// <summary>How often each of the n candidates was chosen by anyone, for long-tail promotion; at least 0; empty when not known.</summary>
    public ReadOnlyMemory<float> Popularity { get; set; }

    /// <summary>m × d vectors of items the user was already shown (earlier pages, earlier sessions), oldest first; empty when there are none.</summary>
    public ReadOnlyMemory<float> ShownVectors { get; set; }

    /// <summary>The m items already shown, oldest first; may be given without vectors, and vectors without it.</summary>
    public IReadOnlyList<Item> ShownItems { get; set; } = [];

    /// <summary>
    /// The user's own mix of categories, weight by category, each at least 0; they are divided by their sum.
    /// Empty: the mix of the candidates stands for it.
    /// </summary>
    public IReadOnlyDictionary<string, float> Taste { get; set; } = NoTaste;

    /// <summary>Seed of whatever is drawn at random for this request (exploration, the order of ties); equal seeds give equal lists.</summary>
    public long Seed { get; set; }

    /// <summary>Number of candidates n.</summary>
    public int Count => Scores.Length;

    /// <summary>The vector of a candidate.</summary>
    public ReadOnlySpan<float> VectorAt(int index) => Vectors.Span.Slice(index * Dimensions, Dimensions);

    internal int ShownCount => Math.Max(ShownItems.Count, Dimensions > 0 ? ShownVectors.Length / Dimensions : 0);

    private static readonly IReadOnlyDictionary<string, float> NoTaste = new Dictionary<string, float>();
}
