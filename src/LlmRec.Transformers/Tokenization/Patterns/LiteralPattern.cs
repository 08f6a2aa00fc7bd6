namespace LlmRec.Transformers;

/// <summary>A fixed text.</summary>
internal sealed class LiteralPattern(string literal) : TextPattern
{
    public string Literal => literal;

    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int at = 0;
        while (text[at..].IndexOf(literal, StringComparison.Ordinal) is >= 0 and int found)
        {
            matches.Add((at + found, at + found + literal.Length));
            at += found + literal.Length;
        }
    }
}
