namespace LlmRec.Transformers;

/// <summary>The ids of the special tokens by their office; <c>null</c> where the tokenizer has none.</summary>
public sealed record SpecialTokens
{
    /// <summary>Stands for the whole text, before it: <c>[CLS]</c>.</summary>
    public int? Cls { get; init; }

    /// <summary>Ends a text: <c>[SEP]</c>.</summary>
    public int? Sep { get; init; }

    /// <summary>Fills up: <c>[PAD]</c>.</summary>
    public int? Pad { get; init; }

    /// <summary>Stands for what the vocabulary cannot spell: <c>[UNK]</c>.</summary>
    public int? Unk { get; init; }

    /// <summary>Stands for what is to be guessed: <c>[MASK]</c>.</summary>
    public int? Mask { get; init; }

    /// <summary>Begins a text: <c>&lt;s&gt;</c>.</summary>
    public int? Bos { get; init; }

    /// <summary>Ends a text: <c>&lt;/s&gt;</c>.</summary>
    public int? Eos { get; init; }
}
