namespace LlmRec.Transformers;

/// <summary>A head or layer and what its absence does.</summary>
/// <param name="Layer">Number of the layer, from 0.</param>
/// <param name="Head">Number of the head, or −1 for the whole layer.</param>
/// <param name="Change">1 less the mean cosine between the texts' vectors with it and without: 0 when it does nothing.</param>
/// <param name="Removed">Whether it was taken out.</param>
public readonly record struct PrunedPart(int Layer, int Head, double Change, bool Removed);
