namespace LlmRec;

/// <summary>How a recommender is built and how it answers.</summary>
public sealed record RecommenderOptions
{
    /// <summary>Seed of everything random; default 42. The same seed and data give the same model, byte for byte, for any number of threads.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Most threads used while building, at least 1; default: the number of processors. Results do not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Up to this many items that pass the filters, all of them are ranked; beyond it, candidates are gathered first. Default 4,096.</summary>
    public int RankAllUpTo { get; init; } = 4096;

    /// <summary>Candidates each source may bring (nearest vectors, co-occurrence, popularity) when not all items are ranked; default 200.</summary>
    public int CandidatesPerSource { get; init; } = 200;

    /// <summary>Best-scored items a diversifier chooses from, at least the count wanted; default 100.</summary>
    public int DiversityPool { get; init; } = 100;

    /// <summary>Newest events of a history that take part in scoring; older ones still count as seen. Default 512.</summary>
    public int HistoryLimit { get; init; } = 512;

    /// <summary>The clock for requests and events without a time; default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDegreeOfParallelism, nameof(MaxDegreeOfParallelism));
        ArgumentOutOfRangeException.ThrowIfNegative(RankAllUpTo, nameof(RankAllUpTo));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CandidatesPerSource, nameof(CandidatesPerSource));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(DiversityPool, nameof(DiversityPool));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HistoryLimit, nameof(HistoryLimit));
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }
}
