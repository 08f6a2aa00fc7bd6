namespace LlmRec;

/// <summary>How a <see cref="TextMeanModel"/> weighs a history.</summary>
public sealed record TextMeanOptions
{
    /// <summary>The r-th newest item of a history weighs Decay^r, above 0, at most 1. Default: 0.9.</summary>
    public double Decay { get; init; } = 0.9;

    /// <summary>How many of the last items of a history speak, at least 1. Default: 50.</summary>
    public int Past { get; init; } = 50;

    internal void Save(SavedModel to)
    {
        to.Set("decay", Decay);
        to.Set("past", Past);
    }

    internal static TextMeanOptions Open(OpenedModel file)
    {
        var d = new TextMeanOptions();
        TextMeanOptions options = new() { Decay = file.Get("decay", d.Decay), Past = file.Get("past", d.Past) };
        options.Check();
        return options;
    }

    internal void Check()
    {
        if (!(Decay is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Decay), Decay, "use a number above 0, at most 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(Past, 1);
    }
}
