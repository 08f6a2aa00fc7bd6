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

    /// <summary>Seed of the first factors and of all draws. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Factors, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Epochs);
        if (!(LearningRate is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "the step lies in (0, 1)");
        if (!(Regularisation >= 0) || !double.IsFinite(Regularisation)) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "the penalty is at least 0");
    }
}
