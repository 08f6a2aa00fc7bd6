namespace LlmRec.Transformers;

/// <summary>How a text becomes tokens. Immutable; <see cref="Default"/> serves texts from outside.</summary>
public sealed record EncodeOptions
{
    /// <summary>Special tokens around the text, none recognised in it, no limit.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>The text alone, without special tokens around it.</summary>
    public static EncodeOptions Plain { get; } = new() { AddSpecialTokens = false };

    /// <summary>Whether the tokenizer's special tokens are put around the text (<c>[CLS] … [SEP]</c>). Default: yes.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>
    /// Whether special tokens spelt out in the text (<c>[CLS]</c>, <c>&lt;|im_start|&gt;</c>) are recognised. Default: no, they
    /// are ordinary text, since texts come from outside.
    /// </summary>
    public bool AllowSpecialTokens { get; init; }

    /// <summary>Most tokens of a text, special ones included; the rest is cut off. Default: no limit.</summary>
    public int MaxTokenCount { get; init; } = int.MaxValue;

    /// <summary>Which text of a pair gives way. Default: the longer one first.</summary>
    public TruncationStrategy Truncation { get; init; }

    /// <summary>Which end of a text is cut off. Default: the right one.</summary>
    public TokenSide TruncationSide { get; init; } = TokenSide.Right;

    /// <summary>Tokens that a piece cut off shares with the one before it, see <see cref="TokenEncoding.Overflow"/>. Default 0.</summary>
    public int Stride { get; init; }
}
