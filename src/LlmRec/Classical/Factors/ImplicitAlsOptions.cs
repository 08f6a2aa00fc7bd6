namespace LlmRec;

/// <summary>How an <see cref="ImplicitAlsModel"/> is fitted.</summary>
public sealed record ImplicitAlsOptions
{
    /// <summary>Number of factors f, at least 1. Default: 64.</summary>
    public int Factors { get; init; } = 64;

    /// <summary>Iterations, each a half step for the users and one for the items; at least 0. Default: 15.</summary>
    public int Iterations { get; init; } = 15;

    /// <summary>What is minimised. Default: <see cref="AlsObjective.Confidence"/>.</summary>
    public AlsObjective Objective { get; init; } = AlsObjective.Confidence;

    /// <summary>
    /// α, above 0. Default: 5. With <see cref="AlsObjective.Confidence"/> how much more a taken pair counts than another (1 treats all alike);
    /// with <see cref="AlsObjective.FrequencyScaled"/> the weight of all pairs, best well below 1, such as 0.1.
    /// </summary>
    public double Alpha { get; init; } = 5;

    /// <summary>λ, above 0. Default: 0.01.</summary>
    public double Regularisation { get; init; } = 0.01;

    /// <summary>ν of <see cref="AlsObjective.FrequencyScaled"/>, in [0, 2]: how much stronger the vectors of frequent users and items are held. Default: 1.</summary>
    public double FrequencyExponent { get; init; } = 1;

    /// <summary>How the half steps are solved; a fold-in is always exact. Default: <see cref="AlsSolver.Cholesky"/>.</summary>
    public AlsSolver Solver { get; init; } = AlsSolver.Cholesky;

    /// <summary>Steps of <see cref="AlsSolver.ConjugateGradient"/>, at least 1. Default: 3.</summary>
    public int ConjugateGradientSteps { get; init; } = 3;

    /// <summary>Whether to compute in float64, at several times the cost of float32: for comparisons to the last digits. Default: false.</summary>
    public bool DoublePrecision { get; init; }

    /// <summary>Seed of the first factors, uniform in [0, 0.01). Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Save(SavedModel to)
    {
        to.Set("factors", Factors);
        to.Set("iterations", Iterations);
        to.Set("objective", Objective.ToString());
        to.Set("alpha", Alpha);
        to.Set("regularisation", Regularisation);
        to.Set("frequencyExponent", FrequencyExponent);
        to.Set("solver", Solver.ToString());
        to.Set("conjugateGradientSteps", ConjugateGradientSteps);
        to.Set("doublePrecision", DoublePrecision);
        to.Set("seed", Seed);
        to.Set("threads", Threads);
    }

    internal static ImplicitAlsOptions Open(OpenedModel file)
    {
        var d = new ImplicitAlsOptions();
        ImplicitAlsOptions options = new()
        {
            Factors = file.Get("factors", d.Factors),
            Iterations = file.Get("iterations", d.Iterations),
            Objective = file.Get("objective", d.Objective),
            Alpha = file.Get("alpha", d.Alpha),
            Regularisation = file.Get("regularisation", d.Regularisation),
            FrequencyExponent = file.Get("frequencyExponent", d.FrequencyExponent),
            Solver = file.Get("solver", d.Solver),
            ConjugateGradientSteps = file.Get("conjugateGradientSteps", d.ConjugateGradientSteps),
            DoublePrecision = file.Get("doublePrecision", d.DoublePrecision),
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
        if (Objective > AlsObjective.FrequencyScaled) throw new ArgumentOutOfRangeException(nameof(Objective), Objective, $"the objective is none of {nameof(AlsObjective)}");
        if (!(Alpha > 0) || !double.IsFinite(Alpha)) throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "the weight α is above 0");
        if (!(Regularisation > 0) || !double.IsFinite(Regularisation)) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "the regularisation is above 0: without it a short history has no unique vector");
        if (!(FrequencyExponent is >= 0 and <= 2)) throw new ArgumentOutOfRangeException(nameof(FrequencyExponent), FrequencyExponent, "the exponent ν lies in [0, 2]");
        if (Solver > AlsSolver.ConjugateGradient) throw new ArgumentOutOfRangeException(nameof(Solver), Solver, $"the solver is none of {nameof(AlsSolver)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(ConjugateGradientSteps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
