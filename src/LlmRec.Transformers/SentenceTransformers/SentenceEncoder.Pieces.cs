namespace LlmRec.Transformers;

public sealed partial class SentenceEncoder
{
    /// <summary>The vectors of tokens as they are before any division by their length: what a static encoder is made of.</summary>
    internal void EncodeUnscaled(in PackedTokens tokens, Memory<float> vectors, CancellationToken cancellationToken) =>
        Model.Run(tokens, (text, rows) => _head.Apply(rows, 0, vectors.Span.Slice(text * Dimensions, Dimensions), unscaled: true),
            _options.Threads == 0 ? Environment.ProcessorCount : _options.Threads, null, cancellationToken);

    /// <summary>The same encoder around another transformer of the same hidden size.</summary>
    internal SentenceEncoder With(TransformerModel model) => new(Folder, _folder, model, Tokenizer, _head, _options);
}
