namespace LlmRec.Transformers;

/// <summary>How many tokens of each text are kept.</summary>
/// <param name="First">Tokens of the first text.</param>
/// <param name="Second">Tokens of the second text.</param>
internal readonly record struct Truncation(int First, int Second)
{
    /// <summary>The reference library's rules.</summary>
    /// <param name="n1">Tokens of the first text.</param>
    /// <param name="n2">Tokens of the second text; 0 without one.</param>
    /// <param name="isPair">Whether there is a second text.</param>
    /// <param name="added">Special tokens around them.</param>
    /// <param name="options">The limit and the strategy.</param>
    /// <exception cref="ArgumentException">The limit cannot be kept.</exception>
    public static Truncation Of(int n1, int n2, bool isPair, int added, EncodeOptions options)
    {
        if ((long)n1 + n2 + added <= options.MaxTokenCount) return new(n1, n2);
        int max = options.MaxTokenCount - added;
        if (max < 0) throw new ArgumentException($"MaxTokenCount is {options.MaxTokenCount}, less than the {added} special tokens around the text");
        if (max == 0) return new(0, 0);
        if (options.Truncation == TruncationStrategy.LongestFirst)
        {
            if (!isPair) return new(max, 0);
            (int shorter, int longer) = n1 > n2 ? (n2, n1) : (n1, n2);
            longer = shorter > max ? shorter : Math.Max(shorter, max - shorter);
            if (shorter + longer > max) (shorter, longer) = (max / 2, max / 2 + max % 2);
            return n1 > n2 ? new(longer, shorter) : new(shorter, longer);
        }
        bool first = options.Truncation == TruncationStrategy.OnlyFirst;
        if (!first && !isPair) throw new ArgumentException("only the second text may be cut, but there is none");
        int kept = (first ? n1 : n2) - (n1 + n2 - max);
        if (kept <= 0) throw new ArgumentException($"the {(first ? "second" : "first")} text alone has more tokens than MaxTokenCount {options.MaxTokenCount} leaves, and only the {(first ? "first" : "second")} may be cut");
        return first ? new(kept, n2) : new(n1, kept);
    }
}
