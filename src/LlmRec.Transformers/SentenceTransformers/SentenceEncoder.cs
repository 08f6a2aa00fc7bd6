using System.Collections.Concurrent;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>
/// Sentences to vectors, in process, as the model's own sentence-transformers folder says: tokenizer, transformer, pooling, dense modules,
/// length. <see cref="Load"/> takes the folder as published.
/// </summary>
/// <remarks>
/// Thread-safe. A text has the same vector alone and in a batch and with any number of threads, bit for bit. Texts that are too long lose
/// their end, and the <see cref="EncodeReport"/> says how many did. The empty text has a vector like any other, that of the special tokens, and where there are none the zero vector.
/// </remarks>
public sealed partial class SentenceEncoder
{
    /// <summary>Texts that are tokenised at a time: enough to sort by length, few enough that a catalog does not lie in memory as ids.</summary>
    private const int BlockTexts = 1024;

    private readonly SentenceHead _head;
    private readonly SentenceFolder _folder;
    private readonly SentenceEncoderOptions _options;
    private readonly EncodeOptions _encoding;
    private readonly ConcurrentBag<TokenBatch> _batches = [];
    private readonly bool _alwaysTokens;

    private SentenceEncoder(string path, SentenceFolder folder, TransformerModel model, Tokenizer tokenizer, SentenceHead head, SentenceEncoderOptions options)
    {
        Folder = path;
        _folder = folder;
        Model = model;
        Tokenizer = tokenizer;
        _head = head;
        _options = options;
        _alwaysTokens = tokenizer.SpecialTokenCount() > 0;
        int least = tokenizer.SpecialTokenCount() + 1, most = Math.Min(model.Config.MaxTokens, folder.MaxTokens ?? tokenizer.ModelMaxTokenCount ?? int.MaxValue);
        MaxTokens = options.MaxTokens == 0 ? most : options.MaxTokens;
        if (MaxTokens < least || (MaxTokens > model.Config.MaxTokens && model.Config.LearnedPositions > 0))
            throw new ArgumentOutOfRangeException(nameof(options), MaxTokens, $"{nameof(options.MaxTokens)} must be {least} to {model.Config.MaxTokens} for this model");
        _encoding = new() { MaxTokenCount = MaxTokens, AllowSpecialTokens = options.AllowSpecialTokens };
    }

    /// <summary>Loads a folder as sentence-transformers writes it, or a plain Hugging Face folder, which then takes the mean of all tokens.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to load and use it; null for the defaults.</param>
    /// <param name="cancellationToken">Asked between layers.</param>
    /// <exception cref="FileNotFoundException">A file is missing, or there is only a pickle; the message says which.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or asks for something that is not supported, or tokenizer and model do not belong together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range for this model.</exception>
    public static SentenceEncoder Load(string folder, SentenceEncoderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxTokens, nameof(options));
        SentenceFolder layout = SentenceFolder.Read(folder);
        Tokenizer tokenizer = Tokenizer.Load(layout.Transformer);
        TransformerModel model = TransformerModel.Load(layout.Transformer, new() { Weights = options.Weights }, cancellationToken);
        int words = tokenizer.Vocabulary.Size;
        if (words > model.Config.VocabularySize)
            throw new InvalidDataException($"'{layout.Transformer}': the tokenizer has {words} words, the model {model.Config.VocabularySize}; they do not belong together");
        Pooling pooling = layout.Pooling is null ? Pooling.Default : Pooling.Read(ConfigObject.Load(Path.Combine(layout.Pooling, "config.json")), model.Config.HiddenSize);
        var head = new SentenceHead(pooling, model.Config.HiddenSize, layout.Dense, options.Normalize ?? layout.Normalizes, options.Dimensions);
        return new(folder, layout, model, tokenizer, head, options);
    }

    /// <summary>Dimensions of a vector.</summary>
    public int Dimensions => _head.Dimensions;

    /// <summary>Dimensions of the model's vectors before any cut.</summary>
    public int FullDimensions => _head.FullDimensions;

    /// <summary>Most tokens of a text, special ones and prompt included.</summary>
    public int MaxTokens { get; }

    /// <summary>The model's own prompts by name, such as <c>query</c> and <c>document</c>; often none.</summary>
    public IReadOnlyDictionary<string, string> Prompts => _folder.Prompts;

    /// <summary>Name of the prompt that is used when none is given, or null.</summary>
    public string? DefaultPrompt => _folder.DefaultPrompt;

    /// <summary>The folder that was loaded.</summary>
    public string Folder { get; }

    /// <summary>The transformer.</summary>
    public TransformerModel Model { get; }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The vector of one text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="prompt">Put before the text as it is; null for the model's default prompt, empty for none.</param>
    /// <param name="cancellationToken">Asked before every layer.</param>
    public float[] Encode(string text, string? prompt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var vector = new float[Dimensions];
        Encode([text], vector, prompt, null, cancellationToken);
        return vector;
    }

    /// <summary>The vectors of texts.</summary>
    /// <param name="texts">n texts, none null.</param>
    /// <param name="vectors">Takes n × <see cref="Dimensions"/> values, row after row.</param>
    /// <param name="prompt">Put before every text as it is (see <see cref="Prompts"/>); null for the model's default prompt, empty for none.</param>
    /// <param name="progress">Told how many texts are done, from whichever thread did them.</param>
    /// <param name="cancellationToken">Asked before every layer; what is done by then is written.</param>
    /// <returns>What was encoded, and how many texts were too long.</returns>
    /// <exception cref="ArgumentException">A text is null, or <paramref name="vectors"/> is too short.</exception>
    /// <exception cref="ArithmeticException">The weights hold NaN or infinity, or values overflow.</exception>
    public EncodeReport Encode(IReadOnlyList<string> texts, Memory<float> vectors, string? prompt = null, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (vectors.Length < (long)texts.Count * Dimensions)
            throw new ArgumentException($"{texts.Count} vectors of {Dimensions} need {(long)texts.Count * Dimensions} values, there are {vectors.Length}", nameof(vectors));
        prompt ??= DefaultPrompt is null ? "" : Prompts[DefaultPrompt];
        int promptTokens = _head.IncludesPrompt || prompt.Length == 0 ? 0 : PromptTokens(prompt), truncated = 0, done = 0;
        long tokens = 0;
        TokenBatch batch = _batches.TryTake(out TokenBatch? kept) ? kept : new();
        try
        {
            for (int from = 0; from < texts.Count; from += BlockTexts)
            {
                int count = Math.Min(BlockTexts, texts.Count - from);
                cancellationToken.ThrowIfCancellationRequested();
                List<int>? empty = Tokenize(texts, from, count, prompt, batch);
                truncated += batch.TruncatedCount;
                tokens += batch.TokenCount - (empty?.Count ?? 0);
                Vectors(new(batch.Ids, batch.RowStarts, batch.TypeIds), vectors[(from * Dimensions)..], promptTokens, progress is null ? null : n =>
                    progress.Report(new(Interlocked.Add(ref done, n), texts.Count)), cancellationToken);
                foreach (int text in empty ?? []) vectors.Span.Slice(text * Dimensions, Dimensions).Clear();
            }
        }
        finally
        {
            batch.Clear();
            _batches.Add(batch);
        }

        return new(texts.Count, tokens, truncated);
    }

    /// <summary>The vectors of texts that were tokenised elsewhere, special tokens included.</summary>
    /// <param name="tokens">n texts of at most <see cref="MaxTokens"/> tokens.</param>
    /// <param name="vectors">Takes n × <see cref="Dimensions"/> values, row after row.</param>
    /// <param name="promptTokens">Tokens at the beginning of every text that belong to a prompt; they are left out of a pooling that leaves them out.</param>
    /// <param name="cancellationToken">Asked before every layer.</param>
    /// <exception cref="ArgumentException">An id is outside the vocabulary, a text is too long, or <paramref name="vectors"/> is too short.</exception>
    public void Encode(in PackedTokens tokens, Memory<float> vectors, int promptTokens = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(promptTokens);
        if (vectors.Length < (long)tokens.Count * Dimensions)
            throw new ArgumentException($"{tokens.Count} vectors of {Dimensions} need {(long)tokens.Count * Dimensions} values, there are {vectors.Length}", nameof(vectors));
        Vectors(tokens, vectors, promptTokens, null, cancellationToken);
    }

    /// <summary>How many tokens stand before the text when it follows a prompt: the prompt's own without the special ones at their end.</summary>
    private int PromptTokens(string prompt)
    {
        int[] ids = Tokenizer.EncodeToIds(Folded(prompt), _encoding with { MaxTokenCount = int.MaxValue });
        SpecialTokens special = Tokenizer.SpecialTokens;
        return ids.Length > 0 && (ids[^1] == special.Sep || ids[^1] == special.Eos) ? ids.Length - 1 : ids.Length;
    }

    /// <summary>Fills the batch; returns the texts of which nothing is left, which stand in it as one token, or null.</summary>
    private List<int>? Tokenize(IReadOnlyList<string> texts, int from, int count, string prompt, TokenBatch batch)
    {
        List<int>? empty = null;
        batch.Clear();
        for (int i = from; i < from + count; i++)
        {
            string text = texts[i] ?? throw new ArgumentException($"text {i} is null", nameof(texts));
            if (prompt.Length > 0) text = prompt + text;
            if (!_alwaysTokens && Tokenizer.CountTokens(Folded(text), _encoding) == 0)
            {
                (empty ??= []).Add(i);
                batch.Add([0]);
            }
            else
            {
                Tokenizer.EncodeTo(batch, Folded(text), _encoding);
            }
        }

        return empty;
    }

    private string Folded(string text) => _folder.Lowercases ? text.ToLowerInvariant() : text;

    private void Vectors(in PackedTokens tokens, Memory<float> vectors, int promptTokens, Action<int>? done, CancellationToken cancellationToken) =>
        Model.Run(tokens, (text, rows) => _head.Apply(rows, promptTokens, vectors.Span.Slice(text * Dimensions, Dimensions)),
            _options.Threads == 0 ? Environment.ProcessorCount : _options.Threads, done, cancellationToken);
}
