namespace LlmRec;

/// <summary>An item encoder that can say which one it is, so that vectors may be cached over restarts.</summary>
public interface IFingerprintedEncoder : IItemEncoder
{
    /// <summary>A text that changes whenever a vector could: a hash of weights, tokenizer, pooling, prompt and the parts of an item that are read. Empty when it cannot be known.</summary>
    string Fingerprint { get; }
}
