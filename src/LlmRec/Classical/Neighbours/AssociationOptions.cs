namespace LlmRec;

/// <summary>How an <see cref="AssociationModel"/> is fitted.</summary>
public sealed record AssociationOptions
{
    /// <summary>The measure. Default: <see cref="AssociationMeasure.LogLikelihood"/>.</summary>
    public AssociationMeasure Measure { get; init; } = AssociationMeasure.LogLikelihood;

    /// <summary>How many most associated items each item keeps, at least 1; <see langword="null"/> keeps all. Default: 100.</summary>
    public int? Neighbours { get; init; } = 100;

    /// <summary>Pairs with fewer common users are left out, at least 1: a lift of two users in common says nothing. Default: 2.</summary>
    public int MinCommon { get; init; } = 2;

    /// <summary>Only pairs that occur together more often than by chance (a lift above 1) are kept. Default: true.</summary>
    public bool OnlyPositive { get; init; } = true;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Check()
    {
        if (!Enum.IsDefined(Measure)) throw new ArgumentOutOfRangeException(nameof(Measure), Measure, $"the measure is none of {nameof(AssociationMeasure)}");
        if (Neighbours is { } k) ArgumentOutOfRangeException.ThrowIfLessThan(k, 1, nameof(Neighbours));
        ArgumentOutOfRangeException.ThrowIfLessThan(MinCommon, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
