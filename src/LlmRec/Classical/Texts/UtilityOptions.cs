namespace LlmRec;

/// <summary>How a <see cref="UtilityModel"/> is fitted.</summary>
public sealed record UtilityOptions
{
    /// <summary>Most users whose last events teach the weights, at least 1; spread evenly over all. Default: 2,000.</summary>
    public int MaxUsers { get; init; } = 2000;

    /// <summary>Penalty on the squared weights, per user, above 0. Default: 0.001.</summary>
    public double Regularisation { get; init; } = 1e-3;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUsers, 1);
        if (!(Regularisation > 0) || !double.IsFinite(Regularisation)) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "use a finite number above 0");
    }
}
