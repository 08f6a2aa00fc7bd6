namespace LlmRec;

/// <summary>How an <see cref="Item2VecModel"/> is fitted.</summary>
/// <remarks>The defaults were chosen on the validation events of MovieLens 100k and of Amazon Beauty. <see cref="NoisePower"/> 0.75 and <see cref="Subsample"/> 0.001 are those of texts: they serve <see cref="FittedModel.Similar"/> rather than the next event.</remarks>
public sealed record Item2VecOptions
{
    /// <summary>Dimensions d of the vectors, at least 1. Default: 64.</summary>
    public int Dimensions { get; init; } = 64;

    /// <summary>Farthest distance between two events of a sequence that are beside each other, at least 1; a place takes a distance from 1 to it at random, so near ones count more. Default: 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Drawn items a pair stands against, 1 to 63. Default: 5.</summary>
    public int Negatives { get; init; } = 5;

    /// <summary>Drawn items come in proportion to their count to this power, −1 to 1; 0 draws all items that occur alike. Default: 0.</summary>
    public double NoisePower { get; init; }

    /// <summary>t: an event of an item with share f of all events is kept with probability √(t/f) + t/f; 0 keeps all. Default: 0.</summary>
    public double Subsample { get; init; }

    /// <summary>Passes over the sequences, at least 0. Default: 40.</summary>
    public int Epochs { get; init; } = 40;

    /// <summary>First step length, in (0, 1); it falls linearly to a hundredth. Default: 0.05.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>The r-th newest item of a history weighs Decay^r, above 0, at most 1. Default: 0.7.</summary>
    public double Decay { get; init; } = 0.7;

    /// <summary>How many of the last items of a history speak, at least 1. Default: 20.</summary>
    public int Past { get; init; } = 20;

    /// <summary>Seed of the first vectors and of all draws. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    internal void Save(SavedModel to)
    {
        to.Set("dimensions", Dimensions);
        to.Set("window", Window);
        to.Set("negatives", Negatives);
        to.Set("noisePower", NoisePower);
        to.Set("subsample", Subsample);
        to.Set("epochs", Epochs);
        to.Set("learningRate", LearningRate);
        to.Set("decay", Decay);
        to.Set("past", Past);
        to.Set("seed", Seed);
    }

    internal static Item2VecOptions Open(OpenedModel file)
    {
        var d = new Item2VecOptions();
        Item2VecOptions options = new()
        {
            Dimensions = file.Get("dimensions", d.Dimensions),
            Window = file.Get("window", d.Window),
            Negatives = file.Get("negatives", d.Negatives),
            NoisePower = file.Get("noisePower", d.NoisePower),
            Subsample = file.Get("subsample", d.Subsample),
            Epochs = file.Get("epochs", d.Epochs),
            LearningRate = file.Get("learningRate", d.LearningRate),
            Decay = file.Get("decay", d.Decay),
            Past = file.Get("past", d.Past),
            Seed = file.Get("seed", d.Seed),
        };
        options.Check();
        return options;
    }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Window, 1);
        if (Negatives is < 1 or > 63) throw new ArgumentOutOfRangeException(nameof(Negatives), Negatives, "use 1 to 63");
        if (!(NoisePower is >= -1 and <= 1)) throw new ArgumentOutOfRangeException(nameof(NoisePower), NoisePower, "use -1 to 1");
        if (!(Subsample >= 0 && double.IsFinite(Subsample))) throw new ArgumentOutOfRangeException(nameof(Subsample), Subsample, "use a finite number of at least 0");
        ArgumentOutOfRangeException.ThrowIfNegative(Epochs);
        if (!(LearningRate is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "the step lies in (0, 1)");
        if (!(Decay is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Decay), Decay, "use a number above 0, at most 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(Past, 1);
    }
}
