namespace LlmRec;

/// <summary>What an <see cref="EmbeddingGeometry"/> does to vectors.</summary>
public sealed record EmbeddingGeometryOptions
{
    /// <summary>Whether the mean of the catalog is subtracted first; default true. Vectors of language models share a large part that says nothing.</summary>
    public bool RemoveMean { get; init; } = true;

    /// <summary>How directions are levelled; default <see cref="Whitening.Pca"/>.</summary>
    public Whitening Whitening { get; init; } = Whitening.Pca;

    /// <summary>How far directions are levelled, 0 to 1, default 1: variance λ becomes λ^(1 − strength).</summary>
    public double Strength { get; init; } = 1;

    /// <summary>
    /// Dimensions kept, those of the most variance; <see langword="null"/> (the default) for all that the catalog supports. Not with
    /// <see cref="Whitening.Zca"/>, nor with <see cref="Groups"/> above 1.
    /// </summary>
    public int? Dimensions { get; init; }

    /// <summary>
    /// Consecutive groups of dimensions that are whitened each for itself, at least 1, default 1: more groups leave more of the original
    /// space (WhitenRec's relaxed whitening, arXiv 2402.10602, which takes 4 to 32).
    /// </summary>
    public int Groups { get; init; } = 1;

    /// <summary>Directions with less than this part of the largest variance are dropped, 0 to 1, default 1e-5: they hold rounding, and levelling would blow it up.</summary>
    public double LeastVariance { get; init; } = 1e-5;

    /// <summary>Most items the geometry is fitted on, at least 1, default 100,000: an evenly spread sample of a larger catalog.</summary>
    public int MaxFitItems { get; init; } = 100_000;

    /// <summary>Seed of the sample.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Most threads, or 0 (the default) for as many as there are processors. The result does not depend on it.</summary>
    public int MaxThreads { get; init; }

    internal void Check()
    {
        if (!Enum.IsDefined(Whitening)) throw new ArgumentOutOfRangeException(nameof(Whitening), Whitening, "there is no such whitening");
        if (!(Strength is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Strength), Strength, "use 0 to 1");
        if (!(LeastVariance is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(LeastVariance), LeastVariance, "use 0 to 1");
        if (Dimensions is < 1) throw new ArgumentOutOfRangeException(nameof(Dimensions), Dimensions, "keep at least one dimension, or null for all");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Groups);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxFitItems);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxThreads);
        if (Dimensions is not null && Whitening == Whitening.Zca)
            throw new ArgumentException($"{nameof(Whitening.Zca)} keeps all dimensions: use {nameof(Whitening.Pca)} to keep {Dimensions}", nameof(Dimensions));
        if (Dimensions is not null && Groups > 1)
            throw new ArgumentException($"{nameof(Dimensions)} cuts the directions of one group; with {Groups} groups leave it out", nameof(Dimensions));
    }
}
