namespace LlmRec;

/// <summary>How a <see cref="WordVectorItemEncoder"/> turns an item's words into one vector.</summary>
public sealed record WordVectorOptions
{
    /// <summary>True (the default) lets frequent words count less: smooth inverse frequency; false takes the plain mean.</summary>
    public bool InverseFrequency { get; init; } = true;

    /// <summary>a of a / (a + p(w)), positive, default 1e-3. Only with <see cref="InverseFrequency"/>.</summary>
    public double Smoothing { get; init; } = 1e-3;

    /// <summary>How often words occur in a large text, spelt as in the file; <see langword="null"/> (the default) counts them in the items.</summary>
    public IReadOnlyDictionary<string, long>? Counts { get; init; }

    /// <summary>Whether the direction that all items share is removed; default true.</summary>
    public bool RemoveFirstDirection { get; init; } = true;

    /// <summary>Which words of an item are read; the default counts the title twice.</summary>
    public ItemText Text { get; init; } = new();

    /// <summary>Most threads, or 0 (the default) for as many as there are processors. The vectors do not depend on it.</summary>
    public int MaxThreads { get; init; }

    internal void Check()
    {
        if (!(Smoothing > 0 && double.IsFinite(Smoothing))) throw new ArgumentOutOfRangeException(nameof(Smoothing), Smoothing, "use a positive number, such as 0.001");
        ArgumentNullException.ThrowIfNull(Text);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxThreads);
        Text.Check();
    }
}
