namespace LlmRec;

/// <summary>How an <see cref="ItemTransitionModel"/> is fitted.</summary>
public sealed record ItemTransitionOptions
{
    /// <summary>λ, above 0: how strongly weights are held small. Default: 200.</summary>
    public double Regularisation { get; init; } = 200;

    /// <summary>How many of the last items speak, at least 1. Default: 20.</summary>
    public int Past { get; init; } = 20;

    /// <summary>The r-th newest item of the past weighs PastDecay^r; above 0, at most 1. Default: 0.8.</summary>
    public double PastDecay { get; init; } = 0.8;

    /// <summary>How many of the next items are to be predicted, at least 1. Default: 4.</summary>
    public int Next { get; init; } = 4;

    /// <summary>The r-th next item weighs NextDecay^r; above 0, at most 1. Default: 0.6.</summary>
    public double NextDecay { get; init; } = 0.6;

    /// <summary>Weight of the same sequences read backwards, at least 0: helps where the order is loose or the data few. Default: 0.</summary>
    public double ReverseWeight { get; init; }

    /// <summary>α, 0 to 1: share of what stands in one history in any order beside the transitions. 0 (the default) is SLIT, anything between is SLIST.</summary>
    public double Consistency { get; init; }

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Save(SavedModel to)
    {
        to.Set("regularisation", Regularisation);
        to.Set("past", Past);
        to.Set("pastDecay", PastDecay);
        to.Set("next", Next);
        to.Set("nextDecay", NextDecay);
        to.Set("reverseWeight", ReverseWeight);
        to.Set("consistency", Consistency);
        to.Set("threads", Threads);
    }

    internal static ItemTransitionOptions Open(OpenedModel file)
    {
        var d = new ItemTransitionOptions();
        ItemTransitionOptions options = new()
        {
            Regularisation = file.Get("regularisation", d.Regularisation),
            Past = file.Get("past", d.Past),
            PastDecay = file.Get("pastDecay", d.PastDecay),
            Next = file.Get("next", d.Next),
            NextDecay = file.Get("nextDecay", d.NextDecay),
            ReverseWeight = file.Get("reverseWeight", d.ReverseWeight),
            Consistency = file.Get("consistency", d.Consistency),
            Threads = file.Get("threads", d.Threads),
        };
        options.Check();
        return options;
    }

    internal void Check()
    {
        if (!(Regularisation > 0 && double.IsFinite(Regularisation))) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "use a finite number above 0");
        ArgumentOutOfRangeException.ThrowIfLessThan(Past, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Next, 1);
        if (!(PastDecay is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(PastDecay), PastDecay, "use a number above 0, at most 1");
        if (!(NextDecay is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(NextDecay), NextDecay, "use a number above 0, at most 1");
        if (!(ReverseWeight >= 0 && double.IsFinite(ReverseWeight))) throw new ArgumentOutOfRangeException(nameof(ReverseWeight), ReverseWeight, "use a finite number of at least 0");
        if (!(Consistency is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Consistency), Consistency, "use 0 to 1");
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
