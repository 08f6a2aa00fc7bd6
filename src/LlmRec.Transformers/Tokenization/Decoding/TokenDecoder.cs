namespace LlmRec.Transformers;

/// <summary>One step on the way from tokens back to text. Immutable.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Rewrites the tokens; the text is what they are in a row.</summary>
    public abstract void Apply(List<string> tokens);
}
