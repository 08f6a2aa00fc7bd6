using LlmRec.Transformers;

namespace LlmRec;

/// <summary>A user as what they say and the titles they liked lately, read as one text by a sentence encoder.</summary>
/// <remarks>Thread-safe. The encoder must be that of the items. A text that was read lately is not read again.</remarks>
public sealed class TransformerUserEncoder : IUserEncoder
{
    private readonly SentenceEncoder _encoder;
    private readonly UserTexts _texts;
    private readonly string _prompt;

    /// <summary>Takes the encoder of the items.</summary>
    /// <param name="encoder">The encoder, as in <see cref="TransformerItemEncoder.Encoder"/>.</param>
    /// <param name="options">How a user is put into words; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TransformerUserEncoder(SentenceEncoder encoder, TransformerUserOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        options ??= new();
        options.Check();
        _encoder = encoder;
        _prompt = options.Prompt ?? ModelPrompts.ForUsers(encoder);
        _texts = new(options.Compose, options.HistoryItems, prefix: "", options.CacheBytes);
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
        // The prompt is the encoder's business, since some models leave it out of the pooling.
        _texts.Encode(users, dimensions, vectors, weights, (texts, _, given) =>
        {
            _encoder.Encode(texts, given, _prompt);
            for (int at = 0; at < given.Length; at += dimensions) TransformerItemEncoder.UnitLength(given.AsSpan(at, dimensions));
        });
    }
}
