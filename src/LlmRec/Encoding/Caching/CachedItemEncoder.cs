using System.Buffers;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>Any item encoder behind a cache: an item whose content was encoded before, in this process or an earlier one, costs a lookup.</summary>
/// <remarks>
/// Thread-safe when the inner encoder and the cache are. Put it directly around the slow encoder; a <see cref="GeometryItemEncoder"/> goes
/// around it. Saved with a <see cref="Recommender"/> as the inner encoder, without the cache.
/// </remarks>
public sealed class CachedItemEncoder : IItemEncoder, ISavedEncoder
{
    private readonly IEmbeddingCache _cache;
    private readonly ItemText? _text;
    private long _hits, _misses;

    /// <summary>Puts a cache before an encoder.</summary>
    /// <param name="inner">The encoder.</param>
    /// <param name="cache">The cache; not disposed of here.</param>
    /// <param name="fingerprint">
    /// Which encoder this is: must change whenever a vector could, such as model name, revision and prompt. <see langword="null"/> takes
    /// <see cref="IFingerprintedEncoder.Fingerprint"/>, or a hash of the state of LSA, word vectors and the like.
    /// </param>
    /// <param name="text">What the encoder reads of an item: only these words make the key, so that a new price encodes nothing anew. <see langword="null"/> (the default) lets everything but id and time count.</param>
    /// <exception cref="ArgumentException">No fingerprint is given, and the encoder has none.</exception>
    public CachedItemEncoder(IItemEncoder inner, IEmbeddingCache cache, string? fingerprint = null, ItemText? text = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(cache);
        text?.Check();
        Inner = inner;
        _cache = cache;
        _text = text;
        Fingerprint = fingerprint ?? EncoderFingerprint.Of(inner)
            ?? throw new ArgumentException($"{inner.GetType().Name} does not say which encoder it is: give a text that changes whenever its vectors could", nameof(fingerprint));
    }

    /// <summary>The encoder whose vectors are kept.</summary>
    public IItemEncoder Inner { get; }

    /// <summary>Which encoder this is.</summary>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public int Dimensions => Inner.Dimensions;

    /// <summary>Items that were found, so far.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Items that had to be encoded, so far.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The inner encoder gave a vector that is not finite.</exception>
    public async ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default)
    {
        int d = Dimensions;
        ItemBatch.Check(items, d, vectors);
        cancellationToken.ThrowIfCancellationRequested();

        Dictionary<EmbeddingKey, int>? places = null;   // of what is missing, in the batch for the inner encoder
        List<Item> missing = [];
        List<(int Item, int Place)> waiting = [];
        for (int i = 0; i < items.Count; i++)
        {
            EmbeddingKey key = _text is null ? EmbeddingKey.Of(Fingerprint, items[i]) : EmbeddingKey.Of(Fingerprint, TextKey(items[i]));
            if (_cache.TryGet(key, vectors.Span.Slice(i * d, d))) continue;
            places ??= [];
            if (!places.TryGetValue(key, out int place))
            {
                places.Add(key, place = missing.Count);
                missing.Add(items[i]);
            }
            waiting.Add((i, place));
        }
        Interlocked.Add(ref _hits, items.Count - waiting.Count);
        if (places is null) return;

        float[] fresh = ArrayPool<float>.Shared.Rent(missing.Count * d);
        try
        {
            await Inner.EncodeAsync(missing, fresh.AsMemory(0, missing.Count * d), cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < missing.Count; i++) ItemVectors.Check(missing[i], fresh.AsSpan(i * d, d));
            foreach ((int item, int place) in waiting) fresh.AsSpan(place * d, d).CopyTo(vectors.Span[(item * d)..]);
            foreach ((EmbeddingKey key, int place) in places) _cache.Add(key, fresh.AsSpan(place * d, d));
            _cache.Flush();
            Interlocked.Add(ref _misses, missing.Count);
            Interlocked.Add(ref _hits, waiting.Count - missing.Count);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(fresh);
        }
    }

    string? ISavedEncoder.Kind => (Inner as ISavedEncoder)?.Kind;

    void ISavedEncoder.Save(SafeTensorsWriter writer, string prefix) => ((ISavedEncoder)Inner).Save(writer, prefix);

    // Parts and weights, each with its length: what another part said must not be mistaken for this one.
    private string TextKey(Item item)
    {
        if (_text!.Template is not null) return _text.Compose(item);
        List<TextPart> parts = [];
        _text.AddParts(item, parts);
        return string.Concat(parts.Select(p => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{p.Weight:R}:{p.Text.Length}:{p.Text};")));
    }
}
