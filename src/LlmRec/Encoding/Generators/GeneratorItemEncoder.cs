using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.AI;

namespace LlmRec;

/// <summary>Any <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> (a service, a local server, another library's model) as an item encoder.</summary>
/// <remarks>
/// Thread-safe when the generator is, which Microsoft.Extensions.AI asks of it. Vectors are scaled to unit length; one with NaN, or of other
/// dimensions, is refused. An item without words gets zeros, and nothing is asked for it. Put a <see cref="CachedItemEncoder"/> around it, so that no
/// text is paid for twice. Not saved with a <see cref="Recommender"/>: give it again in <see cref="LoadOptions.ItemEncoder"/>. Retries and rate
/// limits are the generator's.
/// </remarks>
public sealed class GeneratorItemEncoder : IFingerprintedEncoder
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;
    private readonly GeneratorEncoderOptions _options;
    private long _tokens;

    private GeneratorItemEncoder(IEmbeddingGenerator<string, Embedding<float>> generator, GeneratorEncoderOptions options, int dimensions)
    {
        _generator = generator;
        _options = options;
        Dimensions = dimensions;
    }

    /// <summary>Makes the encoder; a generator that says nothing of its dimensions is asked for one vector.</summary>
    /// <param name="generator">The generator; not disposed of here.</param>
    /// <param name="options">How to ask; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The generator gave nothing when asked.</exception>
    public static async ValueTask<GeneratorItemEncoder> CreateAsync(IEmbeddingGenerator<string, Embedding<float>> generator, GeneratorEncoderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        options ??= new();
        options.Check();
        int? said = options.Dimensions ?? options.Request?.Dimensions ?? Metadata(generator)?.DefaultModelDimensions;
        if (said is null)
        {
            GeneratedEmbeddings<Embedding<float>>? one = await generator.GenerateAsync(["dimensions"], options.NewRequest(), cancellationToken).ConfigureAwait(false);
            if (one is not [{ Vector.Length: > 0 } first]) throw new InvalidOperationException("the embedding generator does not say how many dimensions it has, and gave no vector when asked");
            said = first.Vector.Length;
        }
        return new GeneratorItemEncoder(generator, options, said.Value);
    }

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <summary>Tokens read so far, as far as the generator tells.</summary>
    public long InputTokens => Interlocked.Read(ref _tokens);

    /// <summary>Provider, address, model, dimensions, prompts and the shape of the text; empty when the generator does not name its model.</summary>
    public string Fingerprint
    {
        get
        {
            EmbeddingGeneratorMetadata? metadata = Metadata(_generator);
            string? model = _options.Request?.ModelId ?? metadata?.DefaultModelId;
            if (string.IsNullOrEmpty(model)) return "";
            ItemText t = _options.Text;
            string[] parts =
            [
                metadata?.ProviderName ?? "", metadata?.ProviderUri?.ToString() ?? "", model, Dimensions.ToString(CultureInfo.InvariantCulture), _options.Prompt, _options.QueryPrompt ?? _options.Prompt,
                t.Template ?? "", string.Create(CultureInfo.InvariantCulture, $"{t.TitleWeight > 0} {t.CategoryWeight > 0} {t.TextWeight > 0} {t.AttributeWeight > 0} {t.MaxLength}"), .. t.Attributes,
            ];
            return string.Concat(parts.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Length}:{p};")));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The generator gave another number of vectors or dimensions, or NaN or infinity.</exception>
    public async ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
    {
        int d = Dimensions;
        ItemBatch.Check(items, d, vectors);
        cancellationToken.ThrowIfCancellationRequested();
        var texts = new List<string>(items.Count);
        var places = new List<int>(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            string text = _options.Text.Compose(items[i]);
            if (string.IsNullOrWhiteSpace(text)) continue;
            texts.Add((IsQuery(items[i]) ? _options.QueryPrompt ?? _options.Prompt : _options.Prompt) + text);
            places.Add(i);
        }
        vectors.Span[..(items.Count * d)].Clear();
        if (texts.Count == 0) return;
        float[] given = ArrayPool<float>.Shared.Rent(texts.Count * d);
        try
        {
            long tokens = await GeneratedVectors.GetAsync(_generator, texts, i => $"item '{items[places[i]].Id}'", _options, d, given, cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _tokens, tokens);
            for (int i = 0; i < places.Count; i++) given.AsSpan(i * d, d).CopyTo(vectors.Span[(places[i] * d)..]);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(given);
        }
    }

    private static bool IsQuery(Item item) => item.Title.Length == 0 && item.Categories.Count == 0 && item.Attributes.Count == 0;

    private static EmbeddingGeneratorMetadata? Metadata(IEmbeddingGenerator<string, Embedding<float>> generator) =>
        generator.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
}
