namespace LlmRec;

/// <summary>How a <see cref="FittedModel"/> serves items that nobody has touched yet, by their text.</summary>
public sealed record ColdItemOptions
{
    /// <summary>Of how many most similar items with training events a cold item takes the mean score in models without factors, at least 1. Default: 10.</summary>
    public int Neighbours { get; init; } = 10;

    internal void Check() => ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 1);
}
