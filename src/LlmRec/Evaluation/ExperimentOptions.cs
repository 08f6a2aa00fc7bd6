namespace LlmRec;

/// <summary>How an experiment is done.</summary>
public sealed record ExperimentOptions
{
    /// <summary>How each model is evaluated; its phase is set by the experiment (validation while searching, then the test), and its first metric decides the search.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Most trials a recipe and split, at least 1. Default: 20. A finite set of combinations that is smaller is tried as a whole.</summary>
    public int Trials { get; init; } = 20;

    /// <summary>No further trial of a recipe on a split starts after this much time in its trials; <see langword="null"/> (default) for no bound. With it, results depend on the machine.</summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>Whether the last fit learns from training and validation together. Default: false.</summary>
    public bool RefitOnValidation { get; init; }

    /// <summary>Seed of the search and of all fits. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most recipes fitted at the same time, at least 1. Default: one a processor. The figures do not depend on it.</summary>
    public int MaxThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>A file to which each finished trial is appended, and from which an interrupted experiment takes up again; <see langword="null"/> (default) for none.</summary>
    public string? JournalPath { get; init; }

    internal void Check()
    {
        Evaluation.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(Trials, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        if (TimeBudget is { } t && t <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(TimeBudget), t, "the time budget must be longer than nothing");
        if (Evaluation.Metrics[0].HigherIsBetter is null) throw new ArgumentException($"the first metric, '{Evaluation.Metrics[0].Name}', decides the search, but neither more nor less of it is better: put another first");
    }
}
