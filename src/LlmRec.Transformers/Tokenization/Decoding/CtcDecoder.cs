namespace LlmRec.Transformers;

/// <summary>Connectionist temporal classification: repeats and padding go, the word mark becomes a space.</summary>
internal sealed class CtcDecoder(string pad, string wordMark, bool cleanup) : TokenDecoder
{
    public override void Apply(List<string> tokens)
    {
        var result = new List<string>();
        string? previous = null;
        foreach (string token in tokens)
        {
            if (token == previous) continue;
            previous = token;
            string text = pad.Length == 0 ? token : token.Replace(pad, "", StringComparison.Ordinal);
            if (cleanup)
            {
                text = WordPieceDecoder.Cleanup(text);
                if (wordMark.Length > 0) text = text.Replace(wordMark, " ", StringComparison.Ordinal);
            }
            if (text.Length > 0) result.Add(text);
        }
        tokens.Clear();
        tokens.AddRange(result);
    }
}
