namespace LlmRec;

/// <summary>How a <see cref="RatingKnnModel"/> is fitted.</summary>
public sealed record RatingKnnOptions
{
    /// <summary>What is averaged. Default: <see cref="RatingKnnMethod.Baseline"/>.</summary>
    public RatingKnnMethod Method { get; init; } = RatingKnnMethod.Baseline;

    /// <summary>What makes neighbours. Default: <see cref="RatingSimilarity.PearsonBaseline"/>.</summary>
    public RatingSimilarity Similarity { get; init; } = RatingSimilarity.PearsonBaseline;

    /// <summary>Whether items are compared (their neighbours among what the user rated), and not users. Default: true.</summary>
    public bool ItemBased { get; init; } = true;

    /// <summary>How many most similar neighbours speak, at least 1. Default: 40.</summary>
    public int Neighbours { get; init; } = 40;

    /// <summary>
    /// Shrinkage of similarities from n common ratings, at least 0: they are multiplied by n / (n + shrinkage), with
    /// <see cref="RatingSimilarity.PearsonBaseline"/> by (n − 1) / (n − 1 + shrinkage). <see langword="null"/> (the default) for 100 with
    /// <see cref="RatingSimilarity.PearsonBaseline"/> and 0 otherwise.
    /// </summary>
    public double? Shrinkage { get; init; }

    /// <summary>Only neighbours more similar than this speak, at least 0. Default: 0.</summary>
    public double MinSimilarity { get; init; }

    /// <summary>How many most similar others a user or item keeps, at least 1; <see langword="null"/> (the default) keeps all, 12 bytes each. Set it for large data.</summary>
    public int? Kept { get; init; }

    /// <summary>How baselines are found, where method or similarity needs them.</summary>
    public BaselineRatingOptions Baselines { get; init; } = new();

    /// <summary>Predictions stay within this scale; <see langword="null"/> (the default) for the lowest and highest rating of the training.</summary>
    public RatingScale? Scale { get; init; }

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal bool NeedsBaselines => Method == RatingKnnMethod.Baseline || Similarity == RatingSimilarity.PearsonBaseline;

    internal double EffectiveShrinkage => Shrinkage ?? (Similarity == RatingSimilarity.PearsonBaseline ? 100 : 0);

    internal void Save(SavedModel to)
    {
        to.Set("method", Method.ToString());
        to.Set("similarity", Similarity.ToString());
        to.Set("itemBased", ItemBased);
        to.Set("neighbours", Neighbours);
        to.Set("shrinkage", Shrinkage);
        to.Set("minSimilarity", MinSimilarity);
        to.Set("kept", Kept);
        to.Set("threads", Threads);
        Baselines.Save(to, "baselines.");
        RatingScale.Save(Scale, to);
    }

    internal static RatingKnnOptions Open(OpenedModel file)
    {
        var d = new RatingKnnOptions();
        RatingKnnOptions options = new()
        {
            Method = file.Get("method", d.Method),
            Similarity = file.Get("similarity", d.Similarity),
            ItemBased = file.Get("itemBased", d.ItemBased),
            Neighbours = file.Get("neighbours", d.Neighbours),
            Shrinkage = file.Maybe("shrinkage"),
            MinSimilarity = file.Get("minSimilarity", d.MinSimilarity),
            Kept = (int?)file.Maybe("kept"),
            Threads = file.Get("threads", d.Threads),
            Baselines = BaselineRatingOptions.Open(file, "baselines."),
            Scale = RatingScale.Open(file),
        };
        options.Check();
        return options;
    }

    internal void Check()
    {
        if (!Enum.IsDefined(Method)) throw new ArgumentOutOfRangeException(nameof(Method), Method, $"the method is none of {nameof(RatingKnnMethod)}");
        if (!Enum.IsDefined(Similarity)) throw new ArgumentOutOfRangeException(nameof(Similarity), Similarity, $"the similarity is none of {nameof(RatingSimilarity)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 1);
        if (Shrinkage is { } s && !(s >= 0 && double.IsFinite(s))) throw new ArgumentOutOfRangeException(nameof(Shrinkage), s, "use a finite number of at least 0");
        if (!(MinSimilarity >= 0 && double.IsFinite(MinSimilarity))) throw new ArgumentOutOfRangeException(nameof(MinSimilarity), MinSimilarity, "use a finite number of at least 0");
        if (Kept is { } k) ArgumentOutOfRangeException.ThrowIfLessThan(k, 1, nameof(Kept));
        ArgumentNullException.ThrowIfNull(Baselines);
        Baselines.Check();
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
