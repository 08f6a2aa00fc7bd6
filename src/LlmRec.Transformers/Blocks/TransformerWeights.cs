namespace LlmRec.Transformers;

/// <summary>All weights of a transformer up to its last hidden state; what an architecture lacks is null.</summary>
internal sealed class TransformerWeights
{
    public required EmbeddingTable Words { get; init; }

    public EmbeddingTable? Positions { get; init; }

    public EmbeddingTable? TokenTypes { get; init; }

    public NormWeights? EmbeddingNorm { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    public NormWeights? FinalNorm { get; init; }

    public RelativeBias? RelativeBias { get; init; }

    /// <summary>Bytes of the matrices and tables.</summary>
    public long Bytes => Words.Bytes + (Positions?.Bytes ?? 0) + (TokenTypes?.Bytes ?? 0)
        + Layers.Sum(l => l.QueryKeyValue.Bytes + l.AttentionOutput.Bytes + l.Up.Bytes + l.Down.Bytes);
}
