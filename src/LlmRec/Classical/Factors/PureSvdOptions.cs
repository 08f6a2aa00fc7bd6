namespace LlmRec;

/// <summary>How a <see cref="PureSvdModel"/> is fitted.</summary>
public sealed record PureSvdOptions
{
    /// <summary>Number of factors k, at least 1. Default: 64.</summary>
    public int Factors { get; init; } = 64;

    /// <summary>Passes of the power iteration, 0 to 1,000; more make the weakest factors exact. Default: 8.</summary>
    public int PowerIterations { get; init; } = 8;

    /// <summary>Seed of the random start. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Factors, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(PowerIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PowerIterations, 1000);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
