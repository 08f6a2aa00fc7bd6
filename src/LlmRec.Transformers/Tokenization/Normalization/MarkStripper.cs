namespace LlmRec.Transformers;

/// <summary>Removes marks: what is left of accents after a decomposition.</summary>
internal sealed class MarkStripper : TextNormalizer
{
    public override void Apply(AlignedText text) => Strip(text, CodePointClass.CombiningMark);

    /// <summary>Removes every code point of a class.</summary>
    public static void Strip(AlignedText text, CodePointClass marks)
    {
        ReadOnlySpan<char> chars = text.Span;
        int i = 0;
        for (int units; i < chars.Length; i += units)
            if (CodePoints.Is(CodePoints.At(chars, i, out units), marks)) break;
        if (i == chars.Length) return;

        text.Begin();
        text.Copy(0, i);
        for (int units; i < chars.Length; i += units)
            if (!CodePoints.Is(CodePoints.At(chars, i, out units), marks)) text.Copy(i, units);
        text.Commit();
    }
}
