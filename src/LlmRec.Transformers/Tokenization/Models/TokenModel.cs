namespace LlmRec.Transformers;

/// <summary>Turns one word, as the pre-tokenizer left it, into tokens. Immutable; buffers come from the scratch.</summary>
internal abstract class TokenModel
{
    /// <summary>The name that tokenizer.json gives the model.</summary>
    public abstract string Type { get; }

    /// <summary>The token of unknown text, if the model has one.</summary>
    public abstract int? UnknownId { get; }

    /// <summary>Whether a word's ids depend on nothing but the word, and are worth remembering.</summary>
    public virtual bool Cacheable => true;

    /// <summary>Appends the tokens of a word, each with the range of the word's units that it covers.</summary>
    /// <param name="word">The word, not empty, without lone surrogates.</param>
    /// <param name="scratch">Buffers; the tokens go to its sink.</param>
    public abstract void Encode(ReadOnlySpan<char> word, EncodeScratch scratch);
}
