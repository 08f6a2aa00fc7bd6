namespace LlmRec.Transformers;

/// <summary>Something to look for in a text. Immutable.</summary>
internal abstract class TextPattern
{
    [ThreadStatic]
    private static List<(int Start, int End)>? t_matches;

    /// <summary>A list for this thread to collect matches in, empty.</summary>
    public static List<(int Start, int End)> Matches()
    {
        List<(int, int)> matches = t_matches ??= [];
        matches.Clear();
        return matches;
    }

    /// <summary>Appends all matches from left to right, without overlap.</summary>
    public abstract void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches);
}
