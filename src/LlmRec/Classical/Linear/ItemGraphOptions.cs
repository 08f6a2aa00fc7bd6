namespace LlmRec;

/// <summary>How an <see cref="ItemGraphModel"/> is fitted.</summary>
public sealed record ItemGraphOptions
{
    /// <summary>How many strongest links each item keeps, its own counted, at least 1; <see langword="null"/> keeps all. Default: 500.</summary>
    public int? Neighbours { get; init; } = 500;

    /// <summary>
    /// Power p of the item degrees around the graph, 0 to 1: the scores are x · D^−p · S · D^p. 0.5 is the linear low-pass filter of
    /// GF-CF, 0 the bare graph; more favours popular items. Default: 0.5.
    /// </summary>
    public double DegreePower { get; init; } = 0.5;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Check()
    {
        if (Neighbours is { } k) ArgumentOutOfRangeException.ThrowIfLessThan(k, 1, nameof(Neighbours));
        if (!(DegreePower is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(DegreePower), DegreePower, "use 0 to 1");
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
