namespace LlmRec;

/// <summary>How an <see cref="SvdRatingModel"/> is fitted; the defaults are those of plain SVD, <see cref="PlusPlus"/> holds those of SVD++.</summary>
/// <remarks>Both were chosen on random tenths of the training part of MovieLens 100k's first fold, never on a test.</remarks>
public sealed record SvdRatingOptions
{
    /// <summary>The defaults of SVD++: 20 factors, 40 passes, steps of 0.007, a penalty of 0.06, and a deviation of 0.05.</summary>
    public static SvdRatingOptions PlusPlus { get; } = new()
    {
        ImplicitFeedback = true, Factors = 20, Epochs = 40, LearningRate = 0.007, Regularisation = 0.06, InitialDeviation = 0.05,
    };

    /// <summary>Whether what a user rated counts besides how it was rated: SVD++ instead of SVD. Default: false.</summary>
    public bool ImplicitFeedback { get; init; }

    /// <summary>Whether the mean and the baselines of users and items stand beside the factors; without them the factors make up the whole rating. Default: true.</summary>
    public bool Biased { get; init; } = true;

    /// <summary>Number of factors f, at least 1. Default: 100.</summary>
    public int Factors { get; init; } = 100;

    /// <summary>Passes over the ratings, at least 0. Default: 60.</summary>
    public int Epochs { get; init; } = 60;

    /// <summary>Step of the gradient descent, in (0, 1). Default: 0.005.</summary>
    public double LearningRate { get; init; } = 0.005;

    /// <summary>Penalty λ on baselines and factors, at least 0. Default: 0.08.</summary>
    public double Regularisation { get; init; } = 0.08;

    /// <summary>Standard deviation of the first factors, normal around 0; at least 0. Default: 0.05.</summary>
    public double InitialDeviation { get; init; } = 0.05;

    /// <summary>Predictions stay within this scale; <see langword="null"/> (the default) for the lowest and highest rating of the training.</summary>
    public RatingScale? Scale { get; init; }

    /// <summary>Seed of the first factors. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    internal void Save(SavedModel to)
    {
        to.Set("implicitFeedback", ImplicitFeedback);
        to.Set("biased", Biased);
        to.Set("factors", Factors);
        to.Set("epochs", Epochs);
        to.Set("learningRate", LearningRate);
        to.Set("regularisation", Regularisation);
        to.Set("initialDeviation", InitialDeviation);
        RatingScale.Save(Scale, to);
        to.Set("seed", Seed);
    }

    internal static SvdRatingOptions Open(OpenedModel file)
    {
        var d = new SvdRatingOptions();
        SvdRatingOptions options = new()
        {
            ImplicitFeedback = file.Get("implicitFeedback", d.ImplicitFeedback),
            Biased = file.Get("biased", d.Biased),
            Factors = file.Get("factors", d.Factors),
            Epochs = file.Get("epochs", d.Epochs),
            LearningRate = file.Get("learningRate", d.LearningRate),
            Regularisation = file.Get("regularisation", d.Regularisation),
            InitialDeviation = file.Get("initialDeviation", d.InitialDeviation),
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
        if (!(LearningRate is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "the step lies in (0, 1)");
        if (!(Regularisation >= 0) || !double.IsFinite(Regularisation)) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "the penalty is at least 0");
        if (!(InitialDeviation >= 0) || !double.IsFinite(InitialDeviation)) throw new ArgumentOutOfRangeException(nameof(InitialDeviation), InitialDeviation, "the deviation is at least 0");
    }
}
