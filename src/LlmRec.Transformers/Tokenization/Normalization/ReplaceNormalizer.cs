namespace LlmRec.Transformers;

/// <summary>Replaces every match of a pattern; what comes in stands for the last code point that went.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : TextNormalizer
{
    public override void Apply(AlignedText text)
    {
        if (pattern is LiteralPattern { Literal: [char only] } && content is [char replacement])
        {
            text.Writable.Replace(only, replacement);
            return;
        }
        List<(int Start, int End)> matches = TextPattern.Matches();
        pattern.FindAll(text.Span, matches);
        if (matches.Count == 0) return;
        text.Begin();
        int at = 0;
        foreach ((int start, int end) in matches)
        {
            text.Copy(at, start - at);
            for (int i = 0, units; i < content.Length; i += units) text.Put(CodePoints.At(content, i, out units), Math.Max(end - 1, 0));
            at = end;
        }
        text.Copy(at, text.Length - at);
        text.Commit();
    }
}
