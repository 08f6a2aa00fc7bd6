namespace LlmRec.Transformers;

/// <summary>The part [Start, End) of the original text that a token stands for, in UTF-16 units; (0, 0) for a token put around the text.</summary>
/// <param name="Start">First unit.</param>
/// <param name="End">One past the last unit.</param>
public readonly record struct TokenSpan(int Start, int End)
{
    /// <summary>Number of UTF-16 units.</summary>
    public int Length => End - Start;
}
