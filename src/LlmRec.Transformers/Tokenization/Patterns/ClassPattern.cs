namespace LlmRec.Transformers;

/// <summary>A single code point of a class.</summary>
internal sealed class ClassPattern(CodePointClass any) : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (int i = 0, units; i < text.Length; i += units)
            if (CodePoints.Is(CodePoints.At(text, i, out units), any)) matches.Add((i, i + units));
    }
}
