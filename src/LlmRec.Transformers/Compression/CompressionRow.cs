namespace LlmRec.Transformers;

/// <summary>What a compressed encoder costs and keeps.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Bytes of its weights in memory.</param>
/// <param name="Dimensions">Dimensions of a vector.</param>
/// <param name="TextsPerSecond">Texts encoded a second.</param>
/// <param name="NeighboursKept">Of each text's nearest others by the first encoder, the share that this one finds too, 0 to 1.</param>
public readonly record struct CompressionRow(string Name, long Bytes, int Dimensions, double TextsPerSecond, double NeighboursKept);
