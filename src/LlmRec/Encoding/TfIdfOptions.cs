namespace LlmRec;

/// <summary>What terms a <see cref="TfIdfVectorizer"/> knows.</summary>
public sealed record TfIdfOptions
{
    /// <summary>How text is cut; one to 15 analyzers. Default: single words, characters 3 to 5 in words, CJK characters 1 to 2, equal weights.</summary>
    public IReadOnlyList<TextAnalyzer> Analyzers { get; init; } = [TextAnalyzer.Words(1, 1), TextAnalyzer.CharactersInWords(), TextAnalyzer.Cjk()];

    /// <summary>Terms in fewer documents are forgotten, at least 1, default 1. Ignored by a hashed vocabulary.</summary>
    public int MinDocuments { get; init; } = 1;

    /// <summary>Most terms of an analyzer, at least 1, default unlimited: those in the most documents are kept, ties by first appearance. Ignored by a hashed vocabulary.</summary>
    public int MaxTerms { get; init; } = int.MaxValue;

    /// <summary>
    /// 0 (the default) learns the vocabulary. 8 to 24 hashes each analyzer's terms to 2^bits columns instead: bounded memory and nothing
    /// to store, at the price of terms that share a column.
    /// </summary>
    public int HashBits { get; init; }

    internal void Check()
    {
        if (Analyzers is null or { Count: 0 or > 15 })
            throw new ArgumentException($"one to 15 analyzers are needed, got {Analyzers?.Count ?? 0}", nameof(Analyzers));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MinDocuments);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxTerms);
        if (HashBits != 0 && HashBits is < 8 or > 24)
            throw new ArgumentOutOfRangeException(nameof(HashBits), HashBits, "use 0 for a learned vocabulary, or 8 to 24 bits");
    }
}
