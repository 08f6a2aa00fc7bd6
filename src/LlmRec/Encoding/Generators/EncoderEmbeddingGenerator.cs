using Microsoft.Extensions.AI;

namespace LlmRec;

/// <summary>An item encoder behind the interface of Microsoft.Extensions.AI.</summary>
internal sealed class EncoderEmbeddingGenerator(IItemEncoder encoder, string modelId, Func<string, int>? countTokens) : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int Batch = 256;

    private readonly EmbeddingGeneratorMetadata _metadata = new("llmrec", null, modelId, encoder.Dimensions);

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } wanted && wanted != encoder.Dimensions)
            throw new ArgumentException($"{modelId} has {encoder.Dimensions} dimensions, {wanted} were asked for", nameof(options));
        if (options?.ModelId is { } model && model != modelId)
            throw new ArgumentException($"this generator is {modelId}, not {model}", nameof(options));
        int d = encoder.Dimensions;
        var result = new GeneratedEmbeddings<Embedding<float>>();
        long tokens = 0;
        foreach (string[] texts in values.Chunk(Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var items = new Item[texts.Length];
            for (int i = 0; i < texts.Length; i++)
            {
                string text = texts[i] ?? throw new ArgumentException($"text {result.Count + i} is null", nameof(values));
                items[i] = new Item { Id = "text", Text = text };
                if (countTokens is not null) tokens += countTokens(text);
            }
            // One array a batch: the embeddings are slices of it.
            var vectors = new float[texts.Length * d];
            await encoder.EncodeAsync(items, vectors, cancellationToken).ConfigureAwait(false);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            for (int i = 0; i < texts.Length; i++)
            {
                foreach (float x in vectors.AsSpan(i * d, d))
                    if (!float.IsFinite(x)) throw new InvalidOperationException($"the item encoder gave text {result.Count} a vector with {x} in it; an encoder must give finite unit vectors or zeros");
                result.Add(new Embedding<float>(vectors.AsMemory(i * d, d)) { CreatedAt = now, ModelId = modelId });
            }
        }
        if (countTokens is not null) result.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return result;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata)) return _metadata;
        return serviceType.IsInstanceOfType(this) ? this : serviceType.IsInstanceOfType(encoder) ? encoder : null;
    }

    public void Dispose()
    {
        // nothing of ours to let go of: the encoder is the caller's
    }
}
