namespace LlmRec.Transformers;

/// <summary>The mark of a word's end becomes a space, at the very end nothing (the format's BPEDecoder).</summary>
internal sealed class SuffixDecoder(string suffix) : TokenDecoder
{
    public override void Apply(List<string> tokens)
    {
        if (suffix.Length == 0) return;
        for (int i = 0; i < tokens.Count; i++)
            tokens[i] = tokens[i].Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal);
    }
}
