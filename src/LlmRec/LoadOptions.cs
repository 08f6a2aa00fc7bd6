namespace LlmRec;

/// <summary>What a saved model cannot hold because it is code: given again when it is opened.</summary>
public sealed record LoadOptions
{
    /// <summary>The item encoder the model was built with; needed unless that was LSA or word vectors, whose state is in the model, or a transformer whose folder is where it was. Of a <see cref="GeometryItemEncoder"/> the inner one will do.</summary>
    public IItemEncoder? ItemEncoder { get; init; }

    /// <summary>The user encoder; default: the built-in blend.</summary>
    public IUserEncoder? UserEncoder { get; init; }

    /// <summary>The ranker; needed when the model was built with one other than <see cref="LinearScoringHead"/>.</summary>
    public IRanker? Ranker { get; init; }

    /// <summary>Features of the caller's own that the head was built with, found by name.</summary>
    public IReadOnlyList<IFeature> Features { get; init; } = [];

    /// <summary>The diversifier; default: MMR.</summary>
    public IDiversifier? Diversifier { get; init; }

    /// <summary>The clock; default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Most threads used by long work, at least 1; default: the number of processors.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;
}
