namespace LlmRec.Transformers;

/// <summary>The pattern <c> {2,}</c>: two or more spaces.</summary>
internal sealed class SpacesPattern : TextPattern
{
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int at = 0;
        while (text[at..].IndexOf("  ", StringComparison.Ordinal) is >= 0 and int found)
        {
            int start = at + found;
            int run = text[start..].IndexOfAnyExcept(' ');
            at = run < 0 ? text.Length : start + run;
            matches.Add((start, at));
        }
    }
}
