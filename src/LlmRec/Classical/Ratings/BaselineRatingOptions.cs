namespace LlmRec;

/// <summary>How a <see cref="BaselineRatingModel"/> is fitted.</summary>
public sealed record BaselineRatingOptions
{
    /// <summary>How the baselines are found. Default: <see cref="BaselineMethod.AlternatingLeastSquares"/>.</summary>
    public BaselineMethod Method { get; init; } = BaselineMethod.AlternatingLeastSquares;

    /// <summary>Passes over the ratings, at least 0; <see langword="null"/> (the default) for 10 of least squares or 20 of gradient descent.</summary>
    public int? Epochs { get; init; }

    /// <summary>Ratings of the mean that a user's own are mixed with in least squares and in folding in, above 0. Default: 15.</summary>
    public double UserShrinkage { get; init; } = 15;

    /// <summary>Ratings of the mean that an item's own are mixed with in least squares, above 0. Default: 10.</summary>
    public double ItemShrinkage { get; init; } = 10;

    /// <summary>Step of the gradient descent, in (0, 1). Default: 0.005.</summary>
    public double LearningRate { get; init; } = 0.005;

    /// <summary>Penalty of the gradient descent, at least 0. Default: 0.02.</summary>
    public double Regularisation { get; init; } = 0.02;

    /// <summary>Predictions stay within this scale; <see langword="null"/> (the default) for the lowest and highest rating of the training.</summary>
    public RatingScale? Scale { get; init; }

    internal void Save(SavedModel to, string prefix = "")
    {
        to.Set(prefix + "method", Method.ToString());
        to.Set(prefix + "epochs", Epochs);
        to.Set(prefix + "userShrinkage", UserShrinkage);
        to.Set(prefix + "itemShrinkage", ItemShrinkage);
        to.Set(prefix + "learningRate", LearningRate);
        to.Set(prefix + "regularisation", Regularisation);
        RatingScale.Save(Scale, to, prefix);
    }

    internal static BaselineRatingOptions Open(OpenedModel file, string prefix = "")
    {
        var d = new BaselineRatingOptions();
        BaselineRatingOptions options = new()
        {
            Method = file.Get(prefix + "method", d.Method),
            Epochs = (int?)file.Maybe(prefix + "epochs"),
            UserShrinkage = file.Get(prefix + "userShrinkage", d.UserShrinkage),
            ItemShrinkage = file.Get(prefix + "itemShrinkage", d.ItemShrinkage),
            LearningRate = file.Get(prefix + "learningRate", d.LearningRate),
            Regularisation = file.Get(prefix + "regularisation", d.Regularisation),
            Scale = RatingScale.Open(file, prefix),
        };
        options.Check();
        return options;
    }

    internal void Check()
    {
        if (Method > BaselineMethod.GradientDescent) throw new ArgumentOutOfRangeException(nameof(Method), Method, $"the method is none of {nameof(BaselineMethod)}");
        if (Epochs is { } epochs) ArgumentOutOfRangeException.ThrowIfNegative(epochs, nameof(Epochs));
        if (!(UserShrinkage > 0) || !double.IsFinite(UserShrinkage)) throw new ArgumentOutOfRangeException(nameof(UserShrinkage), UserShrinkage, "the shrinkage is above 0");
        if (!(ItemShrinkage > 0) || !double.IsFinite(ItemShrinkage)) throw new ArgumentOutOfRangeException(nameof(ItemShrinkage), ItemShrinkage, "the shrinkage is above 0");
        if (!(LearningRate is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "the step lies in (0, 1)");
        if (!(Regularisation >= 0) || !double.IsFinite(Regularisation)) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "the penalty is at least 0");
    }
}
