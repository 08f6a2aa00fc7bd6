using System.Globalization;

namespace LlmRec.Transformers;

/// <summary>What pruning took out, and what is left of the vectors.</summary>
public sealed record PruningReport
{
    /// <summary>Pieces of the vocabulary before.</summary>
    public required int PiecesBefore { get; init; }

    /// <summary>Pieces kept.</summary>
    public required int Pieces { get; init; }

    /// <summary>Bytes of the weights before, as float32.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>Bytes of the weights kept.</summary>
    public required long Bytes { get; init; }

    /// <summary>Every head and layer that was measured, heads in order, then layers in the order in which they were tried.</summary>
    public required IReadOnlyList<PrunedPart> Parts { get; init; }

    /// <summary>Mean cosine between the sampled texts' vectors before and after.</summary>
    public required double Similarity { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Pieces:N0} of {PiecesBefore:N0} pieces, {Parts.Count(p => p.Removed && p.Head >= 0)} heads and {Parts.Count(p => p.Removed && p.Head < 0)} layers taken out, {Bytes / 1e6:0.0} of {BytesBefore / 1e6:0.0} MB, mean cosine {Similarity:0.0000}");
}
