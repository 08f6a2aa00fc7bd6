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
    private readonly MemoryEmbeddingCache _cache;

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
        _cache = new(_options.CacheBytes);
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
        List<string> missing = [];
        List<int> places = [];
        for (int u = 0; u < users.Count; u++)
        {
            Span<float> vector = vectors.Slice(u * dimensions, dimensions);
            string text = _options.Compose is { } compose ? compose(users[u]) : Words(users[u]);
            if (string.IsNullOrWhiteSpace(text))
            {
                vector.Clear();
                weights[u] = 0;
                continue;
            }
            text = _options.Prompt + text;
            if (_cache.TryGet(EmbeddingKey.Of("", text), vector))
            {
                weights[u] = vector.ContainsAnyExcept(0f) ? 1 : 0;
                continue;
            }
            missing.Add(text);
            places.Add(u);
        }
        if (missing.Count == 0) return;
        var given = new float[missing.Count * dimensions];
        // On the pool, so that a caller with a synchronisation context is not waited for by what waits for it.
        Task.Run(() => GeneratedVectors.GetAsync(_generator, missing, i => $"user {places[i]}", _options.Asking, dimensions, given, CancellationToken.None)).GetAwaiter().GetResult();
        for (int i = 0; i < places.Count; i++)
        {
            ReadOnlySpan<float> vector = given.AsSpan(i * dimensions, dimensions);
            _cache.Add(EmbeddingKey.Of("", missing[i]), vector);
            vector.CopyTo(vectors[(places[i] * dimensions)..]);
            weights[places[i]] = vector.ContainsAnyExcept(0f) ? 1 : 0;
        }
    }

    private string Words(UserProfile user)
    {
        var parts = new List<string>();
        if (!string.IsNullOrWhiteSpace(user.Context.Text)) parts.Add(user.Context.Text.Trim());
        int titles = 0;
        for (int place = 0; place < user.Count && titles < _options.HistoryItems; place++)
        {
            string title = user.ItemAt(place).Title.Trim();
            if (title.Length == 0 || parts.Contains(title, StringComparer.Ordinal)) continue;
            parts.Add(title);
            titles++;
        }
        return string.Join(". ", parts);
    }
}
