namespace LlmRec.Transformers;

/// <summary>Reads <c>{"String": …}</c> and <c>{"Regex": …}</c>.</summary>
internal static class PatternReader
{
    public static TextPattern Read(JsonView view)
    {
        if (view["String"] is { IsNull: false } literal)
            return literal.AsText() is { Length: > 0 } text ? new LiteralPattern(text) : throw literal.Error("the pattern is empty");
        JsonView regex = view["Regex"];
        if (regex.IsNull) throw view.Error("a String or a Regex is expected");
        string pattern = regex.AsText();
        return (TextPattern?)WordScanner.Of(pattern) ?? (pattern == " {2,}" ? new SpacesPattern() : new RegexPattern(pattern, regex));
    }
}
