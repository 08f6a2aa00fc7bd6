namespace LlmRec.Transformers;

/// <summary>What a tokenizer was read from and is needed to write it again: the sections of tokenizer.json that the vocabulary does not change.</summary>
internal sealed record TokenizerSource
{
    /// <summary>The JSON text of a section.</summary>
    public required string Normalizer { get; init; }

    public required string PreTokenizer { get; init; }

    public required string PostProcessor { get; init; }

    public required string Decoder { get; init; }

    /// <summary>The model's settings without vocabulary and merges, as JSON text by name.</summary>
    public required IReadOnlyList<(string Name, string Json)> Settings { get; init; }

    /// <summary>Pairs that merge, best first; empty unless the model is BPE.</summary>
    public IReadOnlyList<(string First, string Second)> Merges { get; init; } = [];

    /// <summary>Score of each piece by id; empty unless the model is Unigram.</summary>
    public IReadOnlyList<double> Scores { get; init; } = [];

    public PaddingOptions? Padding { get; init; }

    public EncodeOptions? Truncation { get; init; }

    public int? ModelMaxTokenCount { get; init; }
}
