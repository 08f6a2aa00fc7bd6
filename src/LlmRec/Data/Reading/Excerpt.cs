namespace LlmRec;

/// <summary>Values in messages: quoted, and short.</summary>
internal static class Excerpt
{
    public static string Of(ReadOnlySpan<char> text)
    {
        const int most = 60;
        string shown = text.Length <= most ? text.ToString() : string.Concat(text[..most], "...");
        return $"'{shown.ReplaceLineEndings(" ")}'";
    }
}
