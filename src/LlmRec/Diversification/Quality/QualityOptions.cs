namespace LlmRec;

/// <summary>What a <see cref="QualityGate"/> demands of an item.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record QualityOptions
{
    /// <summary>Attributes an item should have, such as "price" or "image"; each missing one lowers completeness. Default: none.</summary>
    public IReadOnlyList<string> ExpectedAttributes { get; init; } = [];

    /// <summary>Characters of text (title and description together) that count as complete. Default 80.</summary>
    public int FullTextLength { get; init; } = 80;

    /// <summary>Least completeness to pass, 0..1. Default 0.25: a title alone passes, an empty shell does not.</summary>
    public double LeastCompleteness { get; init; } = 0.25;

    /// <summary>Most spam signs to pass, 0..1. Default 0.6.</summary>
    public double MostSpam { get; init; } = 0.6;

    /// <summary>Languages to let pass, as two-letter codes; an item whose language cannot be told passes. Default: empty, all.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Oldest age to pass; an item without a time passes. Default: <see langword="null"/>, any.</summary>
    public TimeSpan? OldestAge { get; init; }

    /// <summary>Age at which freshness has fallen to one half. Default 90 days.</summary>
    public TimeSpan FreshnessHalfLife { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Cosine from which two items are doubles of each other, -1..1. Default 0.985.</summary>
    public double NearDuplicate { get; init; } = 0.985;

    /// <summary>Most of the users' events that may be against an item, 0..1: it is rejected when the share against it exceeds this with 95 % certainty. Default 0.8.</summary>
    public double MostAgainst { get; init; } = 0.8;

    /// <summary>Weights of completeness, freedom from spam, freshness and feedback in the score; each at least 0. Default 1, 1, 0.5, 1.</summary>
    public (double Completeness, double Clean, double Freshness, double Feedback) Weights { get; init; } = (1, 1, 0.5, 1);
}
