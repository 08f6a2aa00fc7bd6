using LlmRec.Transformers;

namespace LlmRec;

/// <summary>A user as what they say and the titles they liked lately, read as one text by a sentence encoder.</summary>
/// <remarks>Thread-safe. The encoder must be that of the items. A text that was read lately is not read again.</remarks>
public sealed class TransformerUserEncoder : IUserEncoder
{
    private readonly SentenceEncoder _encoder;
    private readonly TransformerUserOptions _options;
    private readonly MemoryEmbeddingCache _cache;
    private readonly string _prompt;

    /// <summary>Takes the encoder of the items.</summary>
    /// <param name="encoder">The encoder, as in <see cref="TransformerItemEncoder.Encoder"/>.</param>
    /// <param name="options">How a user is put into words; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TransformerUserEncoder(SentenceEncoder encoder, TransformerUserOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _options = options ?? new();
        _options.Check();
        _encoder = encoder;
        _prompt = _options.Prompt ?? ModelPrompts.ForUsers(encoder);
        _cache = new(_options.CacheBytes);
    }

    /// <inheritdoc/>
    public int VectorsPerUser => 1;

    /// <inheritdoc/>
    public int TopVectors => 1;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The encoder has other dimensions than the items.</exception>
    public void Encode(IReadOnlyList<UserProfile> users, int dimensions, Span<float> vectors, Span<float> weights)
    {
        UserVectors.Check(this, users, dimensions, vectors, weights);
        if (dimensions != _encoder.Dimensions)
            throw new InvalidOperationException($"the user encoder makes vectors of {_encoder.Dimensions} dimensions, the items have {dimensions}: use the items' own sentence encoder");
        List<string> missing = [];
        List<int> places = [];
        for (int u = 0; u < users.Count; u++)
        {
            Span<float> vector = vectors.Slice(u * dimensions, dimensions);
            string text = _options.Compose is { } compose ? compose(users[u]) : Words(users[u]);
            weights[u] = 0;
            vector.Clear();
            if (string.IsNullOrWhiteSpace(text)) continue;
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
        _encoder.Encode(missing, given, _prompt);
        for (int i = 0; i < places.Count; i++)
        {
            Span<float> vector = given.AsSpan(i * dimensions, dimensions);
            TransformerItemEncoder.UnitLength(vector);
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
