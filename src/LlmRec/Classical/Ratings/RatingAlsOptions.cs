namespace LlmRec;

/// <summary>How a <see cref="RatingAlsModel"/> is fitted.</summary>
public sealed record RatingAlsOptions
{
    /// <summary>Number of factors f, at least 1. Default: 50.</summary>
    public int Factors { get; init; } = 50;

    /// <summary>Iterations, each a half step for the users and one for the items; at least 0. Default: 10.</summary>
    public int Iterations { get; init; } = 10;

    /// <summary>Penalty λ, above 0, counted once for each rating of a user or item. Default: 0.1.</summary>
    public double Regularisation { get; init; } = 0.1;

    /// <summary>Ratings of the mean that the baselines of users and items are mixed with, above 0. Default: 5.</summary>
    public double Damping { get; init; } = 5;

    /// <summary>Predictions stay within this scale; <see langword="null"/> (the default) for the lowest and highest rating of the training.</summary>
    public RatingScale? Scale { get; init; }

    /// <summary>Seed of the first item factors, normal with a deviation of 0.1. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Save(SavedModel to)
    {
        to.Set("factors", Factors);
        to.Set("iterations", Iterations);
        to.Set("regularisation", Regularisation);
        to.Set("damping", Damping);
        RatingScale.Save(Scale, to);
        to.Set("seed", Seed);
        to.Set("threads", Threads);
    }

    internal static RatingAlsOptions Open(OpenedModel file)
    {
        var d = new RatingAlsOptions();
        RatingAlsOptions options = new()
        {
            Factors = file.Get("factors", d.Factors),
            Iterations = file.Get("iterations", d.Iterations),
            Regularisation = file.Get("regularisation", d.Regularisation),
            Damping = file.Get("damping", d.Damping),
            Scale = RatingScale.Open(file),
            Seed = file.Get("seed", d.Seed),
            Threads = file.Get("threads", d.Threads),
        };
        options.Check();
        return options;
    }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Factors, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Iterations);
        if (!(Regularisation > 0) || !double.IsFinite(Regularisation)) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "the regularisation is above 0: without it a short history has no unique vector");
        if (!(Damping > 0) || !double.IsFinite(Damping)) throw new ArgumentOutOfRangeException(nameof(Damping), Damping, "the damping is above 0");
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
