namespace LlmRec;

/// <summary>How an <see cref="LsaItemEncoder"/> reads items and how far it compresses them.</summary>
public sealed record LsaOptions
{
    /// <summary>Wanted dimensions d, 1 to 4,096, default 256. The encoder has fewer where the items do not support as many: at most a quarter of their number (16 at the least).</summary>
    public int Dimensions { get; init; } = 256;

    /// <summary>Which words of an item are read.</summary>
    public ItemText Text { get; init; } = new();

    /// <summary>
    /// What terms are counted. Default: single words, characters 3 to 5 in words and CJK characters 1 to 2, in at least two items, at most
    /// 50,000 of each kind.
    /// </summary>
    public TfIdfOptions Terms { get; init; } = new() { MinDocuments = 2, MaxTerms = 50_000 };

    /// <summary>
    /// How far directions of much text are levelled with those of little, 0 to 1, default 0.5: the coordinates are X V Σ^−flattening
    /// (Caron 2001). 0 is plain latent semantic analysis; 1 lets all directions count alike.
    /// </summary>
    public double Flattening { get; init; } = 0.5;

    /// <summary>Passes of the power iteration of the decomposition, 0 to 1,000, default 4.</summary>
    public int PowerIterations { get; init; } = 4;

    /// <summary>Most items the vocabulary and the directions are learned from, at least 1, default 100,000: an evenly spread sample of a larger catalog. All items can be encoded.</summary>
    public int MaxFitItems { get; init; } = 100_000;

    /// <summary>Seed of the decomposition and of the sample.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Most threads, or 0 (the default) for as many as there are processors. The vectors do not depend on it.</summary>
    public int MaxThreads { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Dimensions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dimensions, 4096);
        ArgumentNullException.ThrowIfNull(Text);
        ArgumentNullException.ThrowIfNull(Terms);
        if (!(Flattening is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Flattening), Flattening, "use 0 to 1");
        ArgumentOutOfRangeException.ThrowIfNegative(PowerIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PowerIterations, 1000);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxFitItems);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxThreads);
        Text.Check();
        Terms.Check();
    }
}
