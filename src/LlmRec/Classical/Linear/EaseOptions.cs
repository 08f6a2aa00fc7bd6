namespace LlmRec;

/// <summary>How an <see cref="EaseModel"/> is fitted.</summary>
public sealed record EaseOptions
{
    /// <summary>λ, above 0: how strongly weights are held small. Larger for denser data; 100 to 1,000 are usual. Default: 500.</summary>
    public double Regularisation { get; init; } = 500;

    /// <summary>
    /// ξ, 0 to 1, exclusive: how much of its own score an item of the history may keep. 0 (the default) is EASE; above 0 the model is SLIS, for
    /// people who come back to the same items.
    /// </summary>
    public double DiagonalLimit { get; init; }

    /// <summary>How exactly the system is solved. Default: <see cref="EasePrecision.Plain"/>, which gives the same lists.</summary>
    public EasePrecision Precision { get; init; }

    /// <summary>Most threads used; 0 means all processors. The result does not depend on it. Default: 0.</summary>
    public int Threads { get; init; }

    internal void Check()
    {
        if (!(Regularisation > 0 && double.IsFinite(Regularisation))) throw new ArgumentOutOfRangeException(nameof(Regularisation), Regularisation, "use a finite number above 0");
        if (!(DiagonalLimit is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(DiagonalLimit), DiagonalLimit, "use 0 up to, but not, 1");
        if (!Enum.IsDefined(Precision)) throw new ArgumentOutOfRangeException(nameof(Precision), Precision, $"the precision is none of {nameof(EasePrecision)}");
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }

    internal void Save(SavedModel to)
    {
        to.Set("regularisation", Regularisation);
        to.Set("diagonalLimit", DiagonalLimit);
        to.Set("precision", Precision.ToString());
        to.Set("threads", Threads);
    }

    internal static EaseOptions Open(OpenedModel file)
    {
        var d = new EaseOptions();
        EaseOptions options = new()
        {
            Regularisation = file.Get("regularisation", d.Regularisation),
            DiagonalLimit = file.Get("diagonalLimit", d.DiagonalLimit),
            Precision = file.Get("precision", d.Precision),
            Threads = file.Get("threads", d.Threads),
        };
        options.Check();
        return options;
    }
}
