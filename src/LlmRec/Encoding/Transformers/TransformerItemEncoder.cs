using System.Globalization;
using System.Numerics.Tensors;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>Items as the vectors of a sentence encoder: a published language model reads the item's words, in process.</summary>
/// <remarks>
/// <para>Thread-safe. Vectors have length 1; an item without words has zeros. An item has the same bits alone and in a batch. Put a
/// <see cref="CachedItemEncoder"/> around it, so that a catalog is encoded once.</para>
/// <para>A saved <see cref="Recommender"/> holds where the model's folder is and the model's fingerprint, not its weights; a model that has moved is
/// given again in <see cref="LoadOptions.ItemEncoder"/>.</para>
/// </remarks>
public sealed partial class TransformerItemEncoder : IFingerprintedEncoder
{
    private readonly TransformerEncoderOptions _options;
    private readonly string _prompt, _queryPrompt;

    /// <summary>Takes a sentence encoder that is already loaded.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="options">How items are read; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TransformerItemEncoder(SentenceEncoder encoder, TransformerEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _options = options ?? new();
        ArgumentNullException.ThrowIfNull(_options.Text, nameof(options));
        _options.Text.Check();
        Encoder = encoder;
        _prompt = _options.Prompt ?? ModelPrompts.ForItems(encoder);
        _queryPrompt = _options.QueryPrompt ?? ModelPrompts.ForUsers(encoder);
    }

    /// <summary>Loads a sentence-transformers folder, or a plain Hugging Face folder; see <see cref="SentenceEncoder.Load"/>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How items are read; <see langword="null"/> for the defaults.</param>
    /// <param name="model">How the model is loaded; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static TransformerItemEncoder Load(string folder, TransformerEncoderOptions? options = null, SentenceEncoderOptions? model = null, CancellationToken cancellationToken = default) =>
        new(SentenceEncoder.Load(folder, model, cancellationToken), options);

    /// <inheritdoc/>
    public int Dimensions => Encoder.Dimensions;

    /// <summary>The sentence encoder.</summary>
    public SentenceEncoder Encoder { get; }

    /// <summary>The model's fingerprint, the prompts and the shape of the text.</summary>
    public string Fingerprint
    {
        get
        {
            ItemText t = _options.Text;
            string[] parts =
            [
                Encoder.Fingerprint, _prompt, _queryPrompt, t.Template ?? "",
                string.Create(CultureInfo.InvariantCulture, $"{t.TitleWeight > 0} {t.CategoryWeight > 0} {t.TextWeight > 0} {t.AttributeWeight > 0} {t.MaxLength}"), .. t.Attributes,
            ];
            return string.Concat(parts.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Length}:{p};")));
        }
    }

    /// <inheritdoc/>
    public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
    {
        int d = Dimensions;
        ItemBatch.Check(items, d, vectors);
        List<string> texts = new(items.Count);
        List<int> places = new(items.Count);
        vectors.Span[..(items.Count * d)].Clear();
        // items and what users say have prompts of their own, so they are encoded apart
        foreach (bool query in (ReadOnlySpan<bool>)[false, true])
        {
            texts.Clear();
            places.Clear();
            for (int i = 0; i < items.Count; i++)
            {
                if (IsQuery(items[i]) != query) continue;
                string text = _options.Text.Compose(items[i]);
                if (string.IsNullOrWhiteSpace(text)) continue;
                texts.Add(text);
                places.Add(i);
            }

            if (texts.Count == 0) continue;
            var given = new float[texts.Count * d];
            Encoder.Encode(texts, given, query ? _queryPrompt : _prompt, null, cancellationToken);
            for (int i = 0; i < places.Count; i++)
            {
                Span<float> vector = given.AsSpan(i * d, d);
                UnitLength(vector);
                vector.CopyTo(vectors.Span[(places[i] * d)..]);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Scales to length 1; what is too short for a direction becomes zeros.</summary>
    internal static void UnitLength(Span<float> vector)
    {
        double norm = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(vector));
        if (norm > 1e-12) TensorPrimitives.Multiply(vector, (float)(1 / norm), vector);
        else vector.Clear();
    }

    private static bool IsQuery(Item item) => item.Title.Length == 0 && item.Categories.Count == 0 && item.Attributes.Count == 0;
}
