namespace LlmRec;

/// <summary>A way of cutting text into terms, and how much its terms count beside those of other analyzers.</summary>
/// <remarks>
/// Text is lower-cased (simple case mapping), full-width Latin and half-width kana are folded to their usual forms. Characters are
/// Unicode code points. When a <see cref="TextAnalyzerKind.Cjk"/> analyzer works beside others, it alone sees the letters it is
/// meant for; the others see spaces there.
/// </remarks>
public sealed record TextAnalyzer
{
    private TextAnalyzer(TextAnalyzerKind kind, int shortest, int longest, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shortest);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(longest, 16);
        if (!(weight > 0 && double.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "the weight must be positive and finite");
        Kind = kind;
        Shortest = shortest;
        Longest = longest;
        Weight = weight;
    }

    /// <summary>The kind of piece.</summary>
    public TextAnalyzerKind Kind { get; }

    /// <summary>Fewest words or characters of a term.</summary>
    public int Shortest { get; }

    /// <summary>Most words or characters of a term, at most 16.</summary>
    public int Longest { get; }

    /// <summary>Length of this analyzer's part of a row before the row as a whole is scaled to unit length; positive.</summary>
    public double Weight { get; }

    /// <summary>Words (<c>\b\w\w+\b</c>; combining marks belong to their word) and sequences of words, as scikit-learn's <c>word</c>.</summary>
    public static TextAnalyzer Words(int shortest = 1, int longest = 2, double weight = 1) =>
        new(TextAnalyzerKind.Words, shortest, longest, weight);

    /// <summary>Sequences of characters inside padded words, as scikit-learn's <c>char_wb</c>; a word too short for a length counts once as a whole.</summary>
    public static TextAnalyzer CharactersInWords(int shortest = 3, int longest = 5, double weight = 1) =>
        new(TextAnalyzerKind.CharactersInWords, shortest, longest, weight);

    /// <summary>Sequences of characters inside runs of letters of scripts that are written without spaces between words, and of Hangul; a run too short counts once as a whole.</summary>
    public static TextAnalyzer Cjk(int shortest = 1, int longest = 2, double weight = 1) =>
        new(TextAnalyzerKind.Cjk, shortest, longest, weight);

    internal static TextAnalyzer Of(TextAnalyzerKind kind, int shortest, int longest, double weight) =>
        kind is TextAnalyzerKind.Words or TextAnalyzerKind.CharactersInWords or TextAnalyzerKind.Cjk
            ? new(kind, shortest, longest, weight)
            : throw new ArgumentOutOfRangeException(nameof(kind), kind, "there is no such kind of analyzer");
}
