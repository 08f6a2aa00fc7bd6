namespace LlmRec;

/// <summary>How <see cref="WordVectors"/> are read from a file.</summary>
public sealed record WordVectorReadOptions
{
    /// <summary>The format; default: found out from the first bytes.</summary>
    public WordVectorFormat Format { get; init; }

    /// <summary>
    /// Most words kept, at least 1; <see langword="null"/> (the default) for all. The files are usually sorted by frequency, so the first
    /// 100,000 of three million serve nearly as well. Reading stops there.
    /// </summary>
    public int? MaxWords { get; init; }

    /// <summary>Only these words are kept, compared as they are; <see langword="null"/> (the default) for all.</summary>
    public IReadOnlySet<string>? Words { get; init; }

    internal void Check()
    {
        if (!Enum.IsDefined(Format)) throw new ArgumentOutOfRangeException(nameof(Format), Format, "there is no such format");
        if (MaxWords is < 1) throw new ArgumentOutOfRangeException(nameof(MaxWords), MaxWords, "keep at least one word, or null for all");
    }
}
