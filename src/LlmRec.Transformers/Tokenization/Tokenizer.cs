namespace LlmRec.Transformers;

/// <summary>
/// Text to token ids and back, id for id as Hugging Face's <c>tokenizers</c> does it: WordPiece, byte-level and
/// SentencePiece-style BPE, Unigram, with every normaliser, pre-tokenizer, post-processor and decoder around them that their
/// files use. <see cref="Load(string)"/> reads a folder or a file. Immutable and thread-safe; the span forms allocate nothing
/// once warm.
/// </summary>
/// <remarks>
/// Every lone surrogate of a text is replaced by U+FFFD before anything else. Special tokens spelt out in a text are ordinary
/// text unless <see cref="EncodeOptions.AllowSpecialTokens"/>.
/// </remarks>
public sealed partial class Tokenizer
{
    private readonly TextNormalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private readonly TokenModel _model;
    private readonly PostProcessor _postProcessor;
    private readonly TokenDecoder? _decoder;
    private readonly TokenizerSource _source;
    private readonly HashSet<string> _specialContents;
    private readonly Dictionary<int, string> _normalizedAdded = [];
    private readonly AddedTokenMatcher? _raw, _rawSafe, _normalized, _normalizedSafe;
    private readonly BertFastPath? _fast;
    private readonly bool _needsOrigins;
    private readonly ScratchPool _pool = new();

    internal Tokenizer(TokenizerSource source, TextNormalizer? normalizer, PreTokenizer? preTokenizer, TokenModel model,
        PostProcessor postProcessor, TokenDecoder? decoder, Vocabulary vocabulary, SpecialTokens specialTokens)
    {
        (_source, _normalizer, _preTokenizer, _model, _postProcessor, _decoder) = (source, normalizer, preTokenizer, model, postProcessor, decoder);
        (Vocabulary, SpecialTokens) = (vocabulary, specialTokens);
        _needsOrigins = preTokenizer?.NeedsOrigins ?? false;
        _specialContents = [.. vocabulary.AddedTokens.Where(t => t.IsSpecial).Select(t => t.Content)];

        var raw = new List<(string, AddedToken)>();
        var normalized = new List<(string, AddedToken)>();
        foreach (AddedToken token in vocabulary.AddedTokens)
        {
            if (!token.Normalized)
            {
                raw.Add((token.Content, token));
                continue;
            }
            string pattern = Normalize(token.Content);
            if (pattern != token.Content) _normalizedAdded[token.Id] = pattern;
            if (pattern.Length > 0) normalized.Add((pattern, token));
        }
        (_raw, _rawSafe) = (AddedTokenMatcher.Create(raw, skipSpecial: false), AddedTokenMatcher.Create(raw, skipSpecial: true));
        (_normalized, _normalizedSafe) = (AddedTokenMatcher.Create(normalized, skipSpecial: false), AddedTokenMatcher.Create(normalized, skipSpecial: true));
        _fast = BertFastPath.Create(normalizer, preTokenizer, model);
    }

    /// <summary>The kind of model: <c>WordPiece</c>, <c>BPE</c>, <c>Unigram</c> or <c>WordLevel</c>.</summary>
    public string ModelType => _model.Type;

    /// <summary>All tokens.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The ids of the special tokens by their office.</summary>
    public SpecialTokens SpecialTokens { get; }

    /// <summary>
    /// The most tokens that the model was made for, as <c>tokenizer_config.json</c> or the truncation stored in
    /// <c>tokenizer.json</c> says; <c>null</c> when neither does. Not applied by itself: give it as
    /// <see cref="EncodeOptions.MaxTokenCount"/>.
    /// </summary>
    public int? ModelMaxTokenCount => _source.ModelMaxTokenCount;

    /// <summary>The padding stored in <c>tokenizer.json</c>, or <c>null</c>. Not applied by itself.</summary>
    public PaddingOptions? StoredPadding => _source.Padding;

    /// <summary>The truncation stored in <c>tokenizer.json</c>, or <c>null</c>. Not applied by itself.</summary>
    public EncodeOptions? StoredTruncation => _source.Truncation;

    /// <summary>Number of special tokens that are put around a text, or around a pair.</summary>
    /// <param name="isPair">Whether two texts are meant.</param>
    public int SpecialTokenCount(bool isPair = false) => _postProcessor.Added(isPair);

    /// <summary>A text as the normaliser leaves it, before it is cut into words.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <c>null</c>.</exception>
    public string Normalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_normalizer is null || text.Length == 0) return text;
        EncodeScratch scratch = _pool.Rent();
        scratch.Text.Load(text, 0, tracked: false);
        _normalizer.Apply(scratch.Text);
        string result = scratch.Text.Span.ToString();
        _pool.Return(scratch);
        return result;
    }
}
