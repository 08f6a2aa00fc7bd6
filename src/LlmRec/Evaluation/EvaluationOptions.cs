namespace LlmRec;

/// <summary>How an evaluation is done. Defaults follow the protocol most papers mean: full ranking, seen items excluded, the validation event known at test time.</summary>
public sealed record EvaluationOptions
{
    /// <summary>What is measured, the first being the one a table is sorted by. Default: <see cref="Metric.Defaults"/> at 10.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = Metric.Defaults(10);

    /// <summary>Which targets are asked for. Default: the test.</summary>
    public EvaluationPhase Phase { get; init; } = EvaluationPhase.Test;

    /// <summary>Whether items of the user's history are kept out of the list. Default: true. False where people come back to the same items.</summary>
    public bool ExcludeSeen { get; init; } = true;

    /// <summary>Whether the history given at test time ends with the validation events. Default: true.</summary>
    public bool HistoryHasValidation { get; init; } = true;

    /// <summary>Whether validation items are excluded at test time although they may not be in the history. Default: true.</summary>
    public bool ExcludeValidation { get; init; } = true;

    /// <summary>Fewest history events of a user who is evaluated, at least 0. Default: 1; users with fewer are left out and counted.</summary>
    public int MinimumHistory { get; init; } = 1;

    /// <summary>A target counts as relevant from this value on; <see langword="null"/> (default): every positive event does, whatever its value.</summary>
    public float? RelevantFrom { get; init; }

    /// <summary>Whether the value of a target is its grade in graded metrics (values must then be above 0 to count). Default: false, every target has grade 1.</summary>
    public bool GradeByValue { get; init; }

    /// <summary>Vectors by item id for distances inside a list, of one length, or empty for an item without. Default: <see langword="null"/>, distances are between the items' categories.</summary>
    public Func<string, ReadOnlyMemory<float>>? ItemVectors { get; init; }

    /// <summary>The group of an item (such as its provider's) by id, or <see langword="null"/>. Default: no groups.</summary>
    public Func<string, string?>? ItemGroup { get; init; }

    /// <summary>The group of a user by id, or <see langword="null"/>. Default: no groups.</summary>
    public Func<string, string?>? UserGroup { get; init; }

    /// <summary>Number of bootstrap samples behind each interval, 0 for none. Default: 1,000.</summary>
    public int BootstrapSamples { get; init; } = 1000;

    /// <summary>Confidence of the intervals, in (0, 1). Default: 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Seed of the bootstrap and of the Random baseline. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most threads, at least 1. Default: one a processor. The figures do not depend on it.</summary>
    public int MaxThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Users a call of the model, at least 1. Default: 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Whether a split with a severe leak is evaluated all the same; the warning stays in the report. Default: false, such a split is refused.</summary>
    public bool AllowLeaks { get; init; }

    internal void Check()
    {
        if (Metrics.Count == 0) throw new ArgumentException("no metric was asked for: give at least one, such as Metric.Ndcg(10)");
        if (Metrics.Select(m => m.Name).Distinct(StringComparer.Ordinal).Count() != Metrics.Count) throw new ArgumentException("two metrics have the same name: " + string.Join(", ", Metrics.GroupBy(m => m.Name).Where(g => g.Count() > 1).Select(g => g.Key)));
        ArgumentOutOfRangeException.ThrowIfNegative(MinimumHistory);
        ArgumentOutOfRangeException.ThrowIfNegative(BootstrapSamples);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        if (!(Confidence > 0 && Confidence < 1)) throw new ArgumentOutOfRangeException(nameof(Confidence), Confidence, "the confidence must lie between 0 and 1");
        if (RelevantFrom is { } from && !float.IsFinite(from)) throw new ArgumentOutOfRangeException(nameof(RelevantFrom), from, "the least value of a relevant target must be finite");
    }
}
