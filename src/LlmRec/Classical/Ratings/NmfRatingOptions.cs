namespace LlmRec;

/// <summary>How an <see cref="NmfRatingModel"/> is fitted; the defaults are those of the library Surprise.</summary>
public sealed record NmfRatingOptions
{
    /// <summary>Number of factors f, at least 1. Default: 15.</summary>
    public int Factors { get; init; } = 15;

    /// <summary>Passes over the ratings, at least 0. Default: 50.</summary>
    public int Epochs { get; init; } = 50;

    /// <summary>Penalty λ on the factors, counted once for each rating of a user or item, at least 0. Default: 0.06.</summary>
    public double Regularisation { get; init; } = 0.06;

    /// <summary>Whether the mean and the baselines of users and items stand beside the factors. It fits the training much closer, so take few factors then. Default: false.</summary>
    public bool Biased { get; init; }

    /// <summary>Step of the baselines' gradient descent, in (0, 1); nothing without baselines. Default: 0.005.</summary>
    public double BiasLearningRate { get; init; } = 0.005;

    /// <summary>Penalty on the baselines, at least 0. Default: 0.02.</summary>
    public double BiasRegularisation { get; init; } = 0.02;

    /// <summary>The first factors are drawn from 0 to this evenly, above 0. Default: 1.</summary>
    public double InitialHighest { get; init; } = 1;

    /// <summary>Predictions stay within this scale; <see langword="null"/> (the default) for the lowest and highest rating of the training.</summary>
    public RatingScale? Scale { get; init; }

    /// <summary>Seed of the first factors. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    internal void Save(SavedModel to)
    {
        to.Set("factors", Factors);
        to.Set("epochs", Epochs);
        to.Set("regularisation", Regularisation);
        to.Set("biased", Biased);
        to.Set("biasLearningRate", BiasLearningRate);
        to.Set("biasRegularisation", BiasRegularisation);
        to.Set("initialHighest", InitialHighest);
        RatingScale.Save(Scale, to);
        to.Set("seed", Seed);
    }

    internal static NmfRatingOptions Open(OpenedModel file)
    {
        var d = new NmfRatingOptions();
        NmfRatingOptions options = new()
        {
            Factors = file.Get("factors", d.Factors),
            Epochs = file.Get("epochs", d.Epochs),
            Regularisation = file.Get("regularisation", d.Regularisation),
            Biased = file.Get("biased", d.Biased),
            BiasLearningRate = file.Get("biasLearningRate", d.BiasLearningRate),
            BiasRegularisation = file.Get("biasRegularisation", d.BiasRegularisation),
            InitialHighest = file.Get("initialHighest", d.InitialHighest),
            Scale = RatingScale.Open(file),
            Seed = file.Get("seed", d.Seed),
        };
        options.Check();
        return options;
    }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Factors, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Epochs);
        if (!(Regularisation >= 0) || !double.IsFinite(Regularisation)) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "the penalty is at least 0");
        if (!(BiasLearningRate is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(BiasLearningRate), BiasLearningRate, "the step lies in (0, 1)");
        if (!(BiasRegularisation >= 0) || !double.IsFinite(BiasRegularisation)) throw new ArgumentOutOfRangeException(nameof(BiasRegularisation), BiasRegularisation, "the penalty is at least 0");
        if (!(InitialHighest > 0) || !double.IsFinite(InitialHighest)) throw new ArgumentOutOfRangeException(nameof(InitialHighest), InitialHighest, "the first factors are above 0: from 0 nothing can grow");
    }
}
