using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>
/// Items by a <see cref="StaticEncoder"/>: the rows of the pieces of title, categories, text and attributes, each part with its weight, added
/// up. Meaning from a language model at the price of a table lookup: about a microsecond a title.
/// </summary>
/// <remarks>Thread-safe. Saved whole with a <see cref="Recommender"/>, tokenizer included.</remarks>
public sealed class StaticItemEncoder : IItemEncoder, ISavedEncoder, IItemReader<List<TextPart>>
{
    internal const string SavedKind = "static";

    private const int StateVersion = 1;

    private readonly ConcurrentBag<List<TextPart>> _parts = [];

    /// <summary>Wraps a static encoder.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="text">Which words of an item count, and how much; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A weight of <paramref name="text"/> is out of range.</exception>
    public StaticItemEncoder(StaticEncoder encoder, ItemText? text = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        Encoder = encoder;
        Text = text ?? new();
        Text.Check();
    }

    /// <summary>The static encoder.</summary>
    public StaticEncoder Encoder { get; }

    /// <summary>Which words of an item count.</summary>
    public ItemText Text { get; }

    /// <inheritdoc/>
    public int Dimensions => Encoder.Dimensions;

    /// <inheritdoc/>
    public ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default) =>
        ItemBatch.EncodeAsync(this, items, vectors, maxThreads: 0, cancellationToken);

    List<TextPart> IItemReader<List<TextPart>>.Rent() => _parts.TryTake(out List<TextPart>? parts) ? parts : [];

    void IItemReader<List<TextPart>>.Return(List<TextPart> scratch) => _parts.Add(scratch);

    void IItemReader<List<TextPart>>.Encode(Item item, Span<float> vector, List<TextPart> parts)
    {
        vector.Clear();
        parts.Clear();
        Text.AddParts(item, parts);
        foreach (TextPart part in CollectionsMarshal.AsSpan(parts)) Encoder.Accumulate(part.Text, part.Weight, vector);
        StaticEncoder.Normalize(vector);
    }

    string? ISavedEncoder.Kind => SavedKind;

    void ISavedEncoder.Save(SafeTensorsWriter writer, string prefix)
    {
        writer.Add(prefix + "version", new[] { StateVersion });
        Encoder.Save(writer, prefix);
        Text.Save(writer, prefix);
    }

    /// <summary>Reads what was saved.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, of another shape or type, or its contents contradict the others.</exception>
    internal static StaticItemEncoder Load(SafeTensorsFile file, string prefix)
    {
        int version = file.Get<int>(prefix + "version", 1)[0];
        if (version != StateVersion) throw new InvalidDataException($"{file.Name}: a static encoder of version {version}; this library reads version {StateVersion}: update the library");
        try
        {
            return new(StaticEncoder.Read(file, prefix), ItemText.Load(file, prefix));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{file.Name}: the static encoder is damaged: {e.Message}", e);
        }
    }
}
