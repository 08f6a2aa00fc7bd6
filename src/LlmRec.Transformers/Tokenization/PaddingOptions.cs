namespace LlmRec.Transformers;

/// <summary>How the texts of a batch are brought to one length. Immutable.</summary>
public sealed record PaddingOptions
{
    /// <summary>Tokens to pad to; <c>null</c>, the default, pads to the longest text of the batch. A longer text stays longer.</summary>
    public int? Length { get; init; }

    /// <summary>Rounds the length up to a multiple of this; 0, the default, does not.</summary>
    public int MultipleOf { get; init; }

    /// <summary>Where the padding goes. Default: right.</summary>
    public TokenSide Side { get; init; } = TokenSide.Right;

    /// <summary>The padding token; <c>null</c>, the default, is the tokenizer's own.</summary>
    public int? PadId { get; init; }

    /// <summary>Segment of the padding. Default 0.</summary>
    public int PadTypeId { get; init; }
}
