namespace LlmRec.Transformers;

/// <summary>What is put around one text, and around the two of a pair; every processor of the format comes down to this.</summary>
/// <param name="single">The template of one text.</param>
/// <param name="pair">The template of a pair.</param>
internal sealed class PostProcessor(TemplatePiece[] single, TemplatePiece[] pair)
{
    /// <summary>Nothing around; the second text of a pair is segment 1.</summary>
    public static PostProcessor None { get; } = new([new(0, 0, [])], [new(0, 0, []), new(1, 1, [])]);

    /// <summary>Takes white space at the ends of a byte-level token out of its offsets.</summary>
    public bool TrimOffsets { get; init; }

    /// <summary>A single space at the beginning was put there by the pre-tokenizer and is not in the text.</summary>
    public bool TrimKnowsPrefix { get; init; }

    /// <summary>The same templates with another's trimming.</summary>
    public PostProcessor WithTrim(PostProcessor other) => new(single, pair) { TrimOffsets = other.TrimOffsets, TrimKnowsPrefix = other.TrimKnowsPrefix };

    public ReadOnlySpan<TemplatePiece> Pieces(bool isPair) => isPair ? pair : single;

    /// <summary>Number of special tokens.</summary>
    public int Added(bool isPair)
    {
        int count = 0;
        foreach (TemplatePiece piece in Pieces(isPair)) count += piece.Ids.Length;
        return count;
    }
}
