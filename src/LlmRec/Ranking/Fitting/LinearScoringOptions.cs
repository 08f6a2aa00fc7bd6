namespace LlmRec;

/// <summary>How a <see cref="LinearScoringHead"/> is fitted.</summary>
public sealed record LinearScoringOptions
{
    /// <summary>What is minimised. Default: <see cref="LinearScoringLoss.Listwise"/>.</summary>
    public LinearScoringLoss Loss { get; init; } = LinearScoringLoss.Listwise;

    /// <summary>
    /// Penalty λ/2·‖w − w₀‖² on the weights of the standardised features, where w₀ are the weights before fitting: the defaults at
    /// first, and where the head stands when it is fitted further. At least 0. Default: 0.001.
    /// </summary>
    public double L2 { get; init; } = 1e-3;

    /// <summary>A penalty that fades as examples come in: this divided by their number is added to <see cref="L2"/>. At least 0. Default: 2.</summary>
    public double Prior { get; init; } = 2;

    /// <summary>Most L-BFGS iterations, at least 1. Default: 100.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>Share of the examples held out for early stopping, in [0, 0.5]; 0, or fewer than 40 examples, means none. Default: 0.1.</summary>
    public double HoldOut { get; init; } = 0.1;

    /// <summary>Iterations without a better held-out loss after which fitting stops, at least 1. Default: 8.</summary>
    public int Patience { get; init; } = 8;

    /// <summary>Most examples used; when there are more, a seeded sample. At least 1. Default: 8,192.</summary>
    public int MaxExamples { get; init; } = 8192;

    /// <summary>Where all items compete: how many of the strongest rivals enter each example, at least 0. Default: 256.</summary>
    public int HardNegatives { get; init; } = 256;

    /// <summary>How many of the other items stand for all of them, each with its share of their weight, at least 1. Default: 256.</summary>
    public int RandomNegatives { get; init; } = 256;

    /// <summary>
    /// Share of the examples that are turned into newcomers of whom only words are known: the history is withheld, and the mean of up
    /// to three of its items' vectors stands for the words. So the weights of words and of popularity for newcomers are learned too.
    /// In [0, 1]. Default: 0.1.
    /// </summary>
    public double Newcomers { get; init; } = 0.1;

    /// <summary>
    /// Share of those newcomers whose words also speak of the event to come, in [0, 1]; default 0: words tell of what people had. Raise it
    /// where people write what they look for, as in a search box: the head then trusts words more and popularity less.
    /// </summary>
    public double Wishes { get; init; }

    /// <summary>Weight of wanted items against unwanted ones in <see cref="LinearScoringLoss.Logistic"/>, above 0. Default: 1.</summary>
    public double PositiveWeight { get; init; } = 1;

    /// <summary>Step of the online updates (AdaGrad) on the standardised features, above 0. Default: 0.02.</summary>
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Seed of every sample drawn. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Check()
    {
        if (!(L2 >= 0) || !double.IsFinite(L2)) throw new ArgumentOutOfRangeException(nameof(L2), L2, "the penalty is at least 0");
        if (!(Prior >= 0) || !double.IsFinite(Prior)) throw new ArgumentOutOfRangeException(nameof(Prior), Prior, "the fading penalty is at least 0");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIterations, 1);
        if (!(HoldOut is >= 0 and <= 0.5)) throw new ArgumentOutOfRangeException(nameof(HoldOut), HoldOut, "the held-out share lies in [0, 0.5]");
        ArgumentOutOfRangeException.ThrowIfLessThan(Patience, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxExamples, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(HardNegatives);
        ArgumentOutOfRangeException.ThrowIfLessThan(RandomNegatives, 1);
        if (!(PositiveWeight > 0) || !double.IsFinite(PositiveWeight)) throw new ArgumentOutOfRangeException(nameof(PositiveWeight), PositiveWeight, "the weight of wanted items is above 0");
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "the step is above 0");
        if (!(Wishes is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Wishes), Wishes, "the share of wishes lies in [0, 1]");
        if (!(Newcomers is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Newcomers), Newcomers, "the share of newcomers lies in [0, 1]");
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
