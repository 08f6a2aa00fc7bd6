namespace LlmRec;

/// <summary>How a <see cref="UserKnnModel"/> is fitted.</summary>
public sealed record UserKnnOptions
{
    /// <summary>How similarity is measured, users in the place of columns: a shared item counts by ln(users) − ln(1 + n_i) in <see cref="KnnWeighting.TfIdf"/> and <see cref="KnnWeighting.Bm25"/>. Default: <see cref="KnnWeighting.Cosine"/>.</summary>
    public KnnWeighting Weighting { get; init; } = KnnWeighting.Cosine;

    /// <summary>How many most similar users speak, at least 1. Default: 100.</summary>
    public int Neighbours { get; init; } = 100;

    /// <summary>
    /// Whether each candidate is spoken for by the most similar of those who took it, and not by those of the most similar users who happen to have taken it.
    /// Default: false.
    /// </summary>
    public bool NeighboursOfEachItem { get; init; }

    /// <summary>Similarities are multiplied by c / (c + shrinkage) for c common items, at least 0. Default: 0.</summary>
    public double Shrinkage { get; init; }

    internal void Check()
    {
        if (!Enum.IsDefined(Weighting)) throw new ArgumentOutOfRangeException(nameof(Weighting), Weighting, "use one of the weightings of KnnWeighting");
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 1);
        if (!(Shrinkage >= 0 && double.IsFinite(Shrinkage))) throw new ArgumentOutOfRangeException(nameof(Shrinkage), Shrinkage, "use a finite number of at least 0");
    }
}
