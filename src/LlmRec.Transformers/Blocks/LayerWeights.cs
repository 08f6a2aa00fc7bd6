namespace LlmRec.Transformers;

/// <summary>The weights of one layer; what an architecture lacks is null.</summary>
internal sealed record LayerWeights
{
    /// <summary>Queries, keys and values side by side: hidden → (heads + 2 key heads) · head size.</summary>
    public required Linear QueryKeyValue { get; init; }

    /// <summary>heads · head size → hidden.</summary>
    public required Linear AttentionOutput { get; init; }

    /// <summary>hidden → intermediate, or gate and up side by side: hidden → 2 · intermediate.</summary>
    public required Linear Up { get; init; }

    /// <summary>intermediate → hidden.</summary>
    public required Linear Down { get; init; }

    /// <summary>Before the attention (null in ModernBERT's first layer).</summary>
    public NormWeights? BeforeAttention { get; init; }

    /// <summary>After the attention: of the sum in BERT, of the attention's output in Gemma.</summary>
    public NormWeights? AfterAttention { get; init; }

    /// <summary>Before the feed-forward.</summary>
    public NormWeights? BeforeFeedForward { get; init; }

    /// <summary>After the feed-forward, likewise.</summary>
    public NormWeights? AfterFeedForward { get; init; }

    /// <summary>Of every head's query.</summary>
    public NormWeights? Query { get; init; }

    /// <summary>Of every head's key.</summary>
    public NormWeights? Key { get; init; }
}
