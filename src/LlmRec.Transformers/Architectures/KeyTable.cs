namespace LlmRec.Transformers;

/// <summary>The names that a family of checkpoints gives its tensors; <c>.weight</c> and <c>.bias</c> are appended. One table an architecture.</summary>
internal sealed partial record KeyTable
{
    /// <summary>What may stand before all keys; the first for which the words are found is taken.</summary>
    public required string[] Prefixes { get; init; }

    /// <summary>The word embeddings, by the names they may have.</summary>
    public required string[] Words { get; init; }

    public string? Positions { get; init; }

    public string? TokenTypes { get; init; }

    public string? EmbeddingNorm { get; init; }

    public string? FinalNorm { get; init; }

    /// <summary>The relative position bias (buckets, heads).</summary>
    public string? RelativeBias { get; init; }

    /// <summary>What stands before a layer's keys; {0} is its number.</summary>
    public required string Layer { get; init; }

    /// <summary>Queries, keys and values: three keys, or one for all three side by side.</summary>
    public required string[] QueryKeyValue { get; init; }

    public required string AttentionOutput { get; init; }

    /// <summary>The feed-forward's first matrix; gate and up where it is gated, or one for both side by side.</summary>
    public required string[] Up { get; init; }

    public required string Down { get; init; }

    public string? BeforeAttention { get; init; }

    public string? AfterAttention { get; init; }

    public string? BeforeFeedForward { get; init; }

    public string? AfterFeedForward { get; init; }

    public string? QueryNorm { get; init; }

    public string? KeyNorm { get; init; }

    /// <summary>Whether matrices lie (inputs, outputs).</summary>
    public bool InputsFirst { get; init; }

    /// <summary>The layer, if any, that has no norm before its attention.</summary>
    public int LayerWithoutFirstNorm { get; init; } = -1;

    /// <summary>Tensors that an encoder does not need: heads and buffers. A name that ends in a dot is a beginning, one that begins with a dot an end.</summary>
    public required string[] Ignored { get; init; }

    /// <summary>What stands before the keys of a checkpoint, or null where its words are not found.</summary>
    public string? PrefixIn(Checkpoint checkpoint) => Array.Find(Prefixes, p => Array.Exists(Words, w => checkpoint.Contains($"{p}{w}.weight")));
}
