using Microsoft.Extensions.AI;

namespace LlmRec;

/// <summary>Any <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> as a user encoder: what a user says and the titles they liked lately, as one text.</summary>
/// <remarks>
/// Thread-safe when the generator is. The generator must be the model of the items. Waits for the generator while an answer is made, so it is for
/// models in process or close by; with a distant service let the item encoder encode the words (<see cref="Recommender.RecommendAsync"/> waits for it
/// without blocking) and blend them with the history by the default user encoder.
/// </remarks>
public sealed class GeneratorUserEncoder : IUserEncoder
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;
    private readonly GeneratorUserOptions _options;
    private readonly UserTexts _texts;

    /// <summary>Makes the encoder.</summary>
    /// <param name="generator">The generator; not disposed of here.</param>
    /// <param name="options">How a user is put into words; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public GeneratorUserEncoder(IEmbeddingGenerator<string, Embedding<float>> generator, GeneratorUserOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        _options = options ?? new();
        _options.Check();
        _generator = generator;
        _texts = new(_options.Compose, _options.HistoryItems, _options.Prompt, _options.CacheBytes);
    }

    /// <inheritdoc/>
    public int VectorsPerUser => 1;

    /// <inheritdoc/>
    public int TopVectors => 1;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The generator gave vectors of other dimensions than the items have, another number of them, or NaN or infinity.</exception>
    public void Encode(IReadOnlyList<UserProfile> users, int dimensions, Span<float> vectors, Span<float> weights)
    {
        UserVectors.Check(this, users, dimensions, vectors, weights);
        // On the pool, so that a caller with a synchronisation context is not waited for by what waits for it.
        _texts.Encode(users, dimensions, vectors, weights, (texts, places, given) => Task.Run(() =>
            GeneratedVectors.GetAsync(_generator, texts, i => $"user {places[i]}", _options.Asking, dimensions, given, CancellationToken.None)).GetAwaiter().GetResult());
    }
}
