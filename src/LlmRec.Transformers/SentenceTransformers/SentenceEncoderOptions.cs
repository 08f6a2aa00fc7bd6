namespace LlmRec.Transformers;

/// <summary>How a sentence encoder is loaded and used.</summary>
public sealed record SentenceEncoderOptions
{
    /// <summary>How the weights lie in memory; default float32.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>
    /// Dimensions to keep, the first ones, from 1 to the model's; 0, the default, keeps all. Made for models whose first dimensions carry most
    /// (A. Kusupati et al., "Matryoshka Representation Learning", arXiv:2205.13147). What is kept is brought to length 1 again where the model's vectors have it.
    /// </summary>
    public int Dimensions { get; init; }

    /// <summary>Most tokens of a text, special ones and prompt included; what is longer is cut off. 0, the default, takes what the folder says.</summary>
    public int MaxTokens { get; init; }

    /// <summary>Whether vectors have length 1; null, the default, as the folder says.</summary>
    public bool? Normalize { get; init; }

    /// <summary>Most threads of a call; 0, the default, takes one a core. The vectors are the same for every number.</summary>
    public int Threads { get; init; }

    /// <summary>Whether special tokens spelt out in a text, such as <c>[SEP]</c>, count as such. Default: no, they are ordinary text, since texts come from outside.</summary>
    public bool AllowSpecialTokens { get; init; }
}
