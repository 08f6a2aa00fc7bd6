namespace LlmRec.Transformers;

/// <summary>One step that cuts a normalised text into words; some steps also rewrite it. Immutable.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Whether the step looks at where a piece lies in the original text.</summary>
    public virtual bool NeedsOrigins => false;

    /// <summary>The single steps.</summary>
    public virtual IEnumerable<PreTokenizer> Flatten() => [this];

    /// <summary>Replaces the pieces by the words they consist of.</summary>
    /// <param name="text">The text.</param>
    /// <param name="splits">Pieces of the text in order, not empty, without overlap.</param>
    public abstract void Apply(AlignedText text, SplitList splits);
}
