namespace LlmRec;

/// <summary>How a <see cref="BprModel"/> is fitted.</summary>
public sealed record BprOptions
{
    /// <summary>Number of factors f, at least 1. Default: 64.</summary>
    public int Factors { get; init; } = 64;

    /// <summary>Passes, each of as many draws as there are pairs of user and item; at least 0. Default: 100.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Step of the gradient descent, in (0, 1). Default: 0.01.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Penalty on factors and item biases, at least 0. Default: 0.01.</summary>
    public double Regularisation { get; init; } = 0.01;

    /// <summary>
    /// The items that stand against the taken ones are drawn in proportion to their count to this power, 0 to 1: 1 by popularity, as the library implicit does, which a taste that is not the crowd's
    /// must then beat; 0 all items that occur alike, as in the paper. Default: 1.
    /// </summary>
    public double NoisePower { get; init; } = 1;

    /// <summary>Seed of the first factors and of all draws. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Factors, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Epochs);
        if (!(LearningRate is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "the step lies in (0, 1)");
        if (!(Regularisation >= 0) || !double.IsFinite(Regularisation)) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "the penalty is at least 0");
        if (!(NoisePower is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(NoisePower), NoisePower, "use 0 to 1");
    }
}
