namespace LlmRec;

/// <summary>How a <see cref="TextKnnModel"/> is fitted.</summary>
public sealed record TextKnnOptions
{
    /// <summary>Share of the text in the likeness of two items, 0 to 1; the rest comes from the users they share. 1 needs no events at all. Default: 0.5.</summary>
    public double TextShare { get; init; } = 0.5;

    /// <summary>How many most similar items each item keeps, at least 1. Default: 100.</summary>
    public int Neighbours { get; init; } = 100;

    /// <summary>How likeness by users is measured. Default: <see cref="KnnWeighting.Cosine"/>.</summary>
    public KnnWeighting Weighting { get; init; } = KnnWeighting.Cosine;

    /// <summary>The r-th newest item of a history weighs Decay^r, above 0, at most 1. Default: 0.8.</summary>
    public double Decay { get; init; } = 0.8;

    /// <summary>How many of the last items of a history speak, at least 1. Default: 50.</summary>
    public int Past { get; init; } = 50;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Save(SavedModel to)
    {
        to.Set("textShare", TextShare);
        to.Set("neighbours", Neighbours);
        to.Set("weighting", Weighting.ToString());
        to.Set("decay", Decay);
        to.Set("past", Past);
        to.Set("threads", Threads);
    }

    internal static TextKnnOptions Open(OpenedModel file)
    {
        var d = new TextKnnOptions();
        TextKnnOptions options = new()
        {
            TextShare = file.Get("textShare", d.TextShare),
            Neighbours = file.Get("neighbours", d.Neighbours),
            Weighting = file.Get("weighting", d.Weighting),
            Decay = file.Get("decay", d.Decay),
            Past = file.Get("past", d.Past),
            Threads = file.Get("threads", d.Threads),
        };
        options.Check();
        return options;
    }

    internal void Check()
    {
        if (!(TextShare is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(TextShare), TextShare, "use 0 to 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 1);
        if (!Enum.IsDefined(Weighting)) throw new ArgumentOutOfRangeException(nameof(Weighting), Weighting, "use one of the weightings of KnnWeighting");
        if (!(Decay is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Decay), Decay, "use a number above 0, at most 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(Past, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
