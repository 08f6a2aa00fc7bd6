namespace LlmRec;

/// <summary>How <see cref="DiversityTuner"/> searches.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record DiversityTuningOptions
{
    /// <summary>Length of the lists. Default 10, at least 1.</summary>
    public int Count { get; init; } = 10;

    /// <summary>The share of the undiversified NDCG that variety may cost, 0..1. Default 0.05.</summary>
    public double MostLoss { get; init; } = 0.05;

    /// <summary>Steps of the knob on the way from 0 to 1, at least 1. Default 10; the place between two steps is then found by halving.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Halvings between the last step that keeps within the loss and the next, at least 0. Default 4: 1/160 of the knob.</summary>
    public int Halvings { get; init; } = 4;
}
