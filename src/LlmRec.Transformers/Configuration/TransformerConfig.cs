using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>
/// What a transformer is like, apart from its weights: one description for all architectures, read from the <c>config.json</c> of a
/// Hugging Face folder, old keys and new.
/// </summary>
public sealed partial record TransformerConfig
{
    /// <summary>Family of the checkpoint.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>Number of words.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the hidden states.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of heads of keys and values; divides <see cref="Heads"/>.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Width of the feed-forward's inner layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Activation of the feed-forward (of its gate where there is one).</summary>
    public required Activation Activation { get; init; }

    /// <summary>Whether the feed-forward is gated: activation(gate) · up.</summary>
    public bool IsGated { get; init; }

    /// <summary>Kind of the norms.</summary>
    public NormKind Norm { get; init; }

    /// <summary>Where the norms stand.</summary>
    public NormPlacement NormPlacement { get; init; }

    /// <summary>ε of the norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>What is added to the stored norm gains: 1 in Gemma, else 0.</summary>
    public float NormGainOffset { get; init; }

    /// <summary>Whether the norms have biases.</summary>
    public bool HasNormBias { get; init; }

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool HasQueryBias { get; init; }

    /// <summary>Whether the attention's output has a bias.</summary>
    public bool HasOutputBias { get; init; }

    /// <summary>Whether the feed-forward has biases.</summary>
    public bool HasFeedForwardBias { get; init; }

    /// <summary>Whether every head's queries and keys are normalised.</summary>
    public bool HasHeadNorms { get; init; }

    /// <summary>Number of learned positions, those not used by a text included; 0 where positions are not learned.</summary>
    public int LearnedPositions { get; init; }

    /// <summary>Row of the first token's learned position.</summary>
    public int PositionOffset { get; init; }

    /// <summary>Number of learned token types, 0 for none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Factor of the word embeddings; 1 but for Gemma.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Factor of the attention scores.</summary>
    public required float ScoreScale { get; init; }

    /// <summary>What each layer's attention sees, one entry a layer.</summary>
    public required IReadOnlyList<AttentionWindow> Windows { get; init; }

    /// <summary>Rotary positions, or null.</summary>
    public RotaryConfig? Rotary { get; init; }

    /// <summary>Rotary positions of local layers where they differ, or null.</summary>
    public RotaryConfig? LocalRotary { get; init; }

    /// <summary>Buckets of the relative position bias, 0 for none.</summary>
    public int RelativeBuckets { get; init; }

    /// <summary>Distance from which all relative positions share a bucket.</summary>
    public int RelativeDistance { get; init; }

    /// <summary>Longest text that the model was made for, in tokens; <see cref="int.MaxValue"/> where there is no bound.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>The word that padding is made of, or −1. Nothing here is ever padded.</summary>
    public int PaddingId { get; init; } = -1;
}
