namespace LlmRec.Transformers;

/// <summary>One step that rewrites a text before it is cut into words. Immutable.</summary>
internal abstract class TextNormalizer
{
    /// <summary>Rewrites the text in place.</summary>
    /// <param name="text">Not empty.</param>
    public abstract void Apply(AlignedText text);
}
