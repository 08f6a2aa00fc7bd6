namespace LlmRec.Kernels;

/// <summary>How <see cref="TruncatedSvd"/> computes.</summary>
public sealed record TruncatedSvdOptions
{
    /// <summary>Passes of the power iteration, 0 to 1,000, default 4: each costs two products with the matrix and sharpens the small singular values.</summary>
    public int PowerIterations { get; init; } = 4;

    /// <summary>Directions carried beyond the wanted rank, at least 0, default 16; rounded up so that rank and oversampling together fill 16s.</summary>
    public int Oversampling { get; init; } = 16;

    /// <summary>Whether all products are in float64, at twice the cost; by default (false) those of the first eight passes, the last pass excepted, are in float32.</summary>
    public bool DoublePrecision { get; init; }

    /// <summary>Seed of the random start.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Most threads, or 0 (the default) for as many as there are processors. The result does not depend on it.</summary>
    public int MaxThreads { get; init; }
}
