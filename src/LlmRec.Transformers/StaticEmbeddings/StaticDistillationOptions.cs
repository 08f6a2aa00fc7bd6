namespace LlmRec.Transformers;

/// <summary>How a sentence encoder becomes a static one.</summary>
public sealed record StaticDistillationOptions
{
    /// <summary>Dimensions to keep, at least 1, default 256: the principal directions of most variance. The encoder's own number where that is smaller.</summary>
    public int Dimensions { get; init; } = 256;

    /// <summary>How far the kept directions are levelled, 0 (as they are, the default) to 1 (the same variance in each): each is divided by its deviation to this power.</summary>
    public double Whitening { get; init; }

    /// <summary>Where frequencies come from; default the order of the vocabulary.</summary>
    public TokenWeighting Weighting { get; init; }

    /// <summary>The a of a / (a + p), by which a piece of probability p is weighed (S. Arora, Y. Liang, T. Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017); positive, default 1e-4.</summary>
    public double SmoothInverseFrequency { get; init; } = 1e-4;

    /// <summary>How rows are kept; default int8.</summary>
    public StaticFormat Format { get; init; }

    /// <summary>Most tokens of a text, 1 to 8,192, default 512; the rest is left out.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>The caller's own texts, for <see cref="TokenWeighting.Counts"/> and <see cref="Phrases"/>; default none.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Most phrases of <see cref="Texts"/> that get a row of their own beside the vocabulary's: words of several pieces, and runs of words; default 0.</summary>
    public int Phrases { get; init; }

    /// <summary>Most words of a phrase, 1 to 8, default 3. With 1 only words of several pieces become rows.</summary>
    public int MaxPhraseWords { get; init; } = 3;

    /// <summary>Times a phrase must occur, at least 1, default 5.</summary>
    public int MinPhraseCount { get; init; } = 5;

    /// <summary>Threads of the fit; 0, the default, takes one a core. The result is the same for every number.</summary>
    public int Threads { get; init; }

    internal int ThreadCount => Threads == 0 ? Environment.ProcessorCount : Threads;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimensions, 1);
        if (!(Whitening is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Whitening), Whitening, "0 to 1");
        if (!Enum.IsDefined(Weighting)) throw new ArgumentOutOfRangeException(nameof(Weighting), Weighting, "no such weighting");
        if (!Enum.IsDefined(Format)) throw new ArgumentOutOfRangeException(nameof(Format), Format, "no such format");
        if (!(SmoothInverseFrequency > 0) || !double.IsFinite(SmoothInverseFrequency)) throw new ArgumentOutOfRangeException(nameof(SmoothInverseFrequency), SmoothInverseFrequency, "positive and finite");
        if (MaxTokens is < 1 or > 8192) throw new ArgumentOutOfRangeException(nameof(MaxTokens), MaxTokens, "1 to 8,192");
        ArgumentOutOfRangeException.ThrowIfNegative(Phrases);
        if (MaxPhraseWords is < 1 or > 8) throw new ArgumentOutOfRangeException(nameof(MaxPhraseWords), MaxPhraseWords, "1 to 8");
        ArgumentOutOfRangeException.ThrowIfLessThan(MinPhraseCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentNullException.ThrowIfNull(Texts);
        if (Texts.Count == 0 && (Phrases > 0 || Weighting == TokenWeighting.Counts))
            throw new ArgumentException($"phrases and counted frequencies need texts: give {nameof(Texts)}", nameof(Texts));
    }
}
