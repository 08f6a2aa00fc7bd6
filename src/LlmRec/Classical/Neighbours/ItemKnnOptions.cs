namespace LlmRec;

/// <summary>How an <see cref="ItemKnnModel"/> is fitted.</summary>
public sealed record ItemKnnOptions
{
    /// <summary>How similarity is measured. Default: <see cref="KnnWeighting.TfIdf"/>.</summary>
    public KnnWeighting Weighting { get; init; } = KnnWeighting.TfIdf;

    /// <summary>How many most similar items each item keeps, itself counted, at least 1; <see langword="null"/> keeps all. Default: 20.</summary>
    public int? Neighbours { get; init; } = 20;

    /// <summary>
    /// Of how many items of the history, those most similar to it, a candidate takes the sum, at least 1; <see langword="null"/> (the default) for all. With
    /// <see cref="Neighbours"/> at <see langword="null"/> the neighbourhood is then the candidate's, as in LensKit, and not that of the history's items.
    /// </summary>
    public int? Voters { get; init; }

    /// <summary>Similarities are multiplied by c / (c + shrinkage) for c common users, at least 0: few common users are little evidence. Default: 0.</summary>
    public double Shrinkage { get; init; }

    /// <summary>BM25's saturation, at least 0. Default: 1.2.</summary>
    public double K1 { get; init; } = 1.2;

    /// <summary>BM25's share of length normalisation, 0 to 1. Default: 0.75.</summary>
    public double B { get; init; } = 0.75;

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Save(SavedModel to)
    {
        to.Set("weighting", Weighting.ToString());
        to.Set("neighbours", Neighbours);
        to.Set("voters", Voters);
        to.Set("shrinkage", Shrinkage);
        to.Set("k1", K1);
        to.Set("b", B);
        to.Set("threads", Threads);
    }

    internal static ItemKnnOptions Open(OpenedModel file)
    {
        var d = new ItemKnnOptions();
        return Checked(new()
        {
            Weighting = file.Get("weighting", d.Weighting),
            Neighbours = (int?)file.Maybe("neighbours"),
            Voters = (int?)file.Maybe("voters"),
            Shrinkage = file.Get("shrinkage", d.Shrinkage),
            K1 = file.Get("k1", d.K1),
            B = file.Get("b", d.B),
            Threads = file.Get("threads", d.Threads),
        });
    }

    private static ItemKnnOptions Checked(ItemKnnOptions options)
    {
        options.Check();
        return options;
    }

    internal void Check()
    {
        if (!Enum.IsDefined(Weighting)) throw new ArgumentOutOfRangeException(nameof(Weighting), Weighting, "use one of the weightings of KnnWeighting");
        if (Neighbours is { } k) ArgumentOutOfRangeException.ThrowIfLessThan(k, 1, nameof(Neighbours));
        if (Voters is { } v) ArgumentOutOfRangeException.ThrowIfLessThan(v, 1, nameof(Voters));
        if (!(Shrinkage >= 0 && double.IsFinite(Shrinkage))) throw new ArgumentOutOfRangeException(nameof(Shrinkage), Shrinkage, "use a finite number of at least 0");
        if (!(K1 >= 0 && double.IsFinite(K1))) throw new ArgumentOutOfRangeException(nameof(K1), K1, "use a finite number of at least 0");
        if (!(B is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(B), B, "use 0 to 1");
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
