namespace LlmRec;

/// <summary>How a <see cref="SlimModel"/> is fitted.</summary>
public sealed record SlimOptions
{
    /// <summary>Strength of the penalty α, above 0. It stands against shares of all users, so sparse data want less: 0.005 for MovieLens, about 0.001 with an <see cref="L1Share"/> of 0.001 where items have few users. Default: 0.005.</summary>
    public double Penalty { get; init; } = 0.005;

    /// <summary>Share ρ of the absolute values in the penalty, 0 to 1; the rest goes to the squares. More makes fewer weights. Default: 0.1.</summary>
    public double L1Share { get; init; } = 0.1;

    /// <summary>
    /// Most items that may have a weight in a column: those whose users are most like the item's, by cosine (the paper's fsSLIM). 0 admits all. Fitting is then far faster where the penalty is weak or the
    /// items are many, and hardly worse: a few hundred do. At least 0. Default: 0.
    /// </summary>
    public int Candidates { get; init; }

    /// <summary>A column is done when a pass changes no weight by more than this; above 0, at most 0.1. Default: 0.000001.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Most passes over a set of weights, at least 1. Default: 10,000.</summary>
    public int MaxPasses { get; init; } = 10_000;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Check()
    {
        if (!(Penalty > 0 && double.IsFinite(Penalty))) throw new ArgumentOutOfRangeException(nameof(Penalty), Penalty, "use a finite number above 0");
        if (!(L1Share is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(L1Share), L1Share, "use 0 to 1");
        if (!(Tolerance is > 0 and <= 0.1)) throw new ArgumentOutOfRangeException(nameof(Tolerance), Tolerance, "use a number above 0, at most 0.1");
        ArgumentOutOfRangeException.ThrowIfNegative(Candidates);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPasses, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
