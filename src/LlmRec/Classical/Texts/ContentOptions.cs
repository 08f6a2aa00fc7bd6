namespace LlmRec;

/// <summary>How a <see cref="ContentModel"/> is fitted.</summary>
public sealed record ContentOptions
{
    /// <summary>What text an item has. Default: title, categories and text.</summary>
    public ItemText Text { get; init; } = new();

    /// <summary>Which terms count. Default: those of <see cref="TfIdfOptions"/>, in at least two items.</summary>
    public TfIdfOptions Terms { get; init; } = new() { MinDocuments = 2 };

    /// <summary>The r-th newest item of a history weighs Decay^r, above 0, at most 1. Default: 0.9.</summary>
    public double Decay { get; init; } = 0.9;

    /// <summary>How many of the last items of a history speak, at least 1. Default: 50.</summary>
    public int Past { get; init; } = 50;

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Text);
        ArgumentNullException.ThrowIfNull(Terms);
        if (!(Decay is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Decay), Decay, "use a number above 0, at most 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(Past, 1);
    }
}
