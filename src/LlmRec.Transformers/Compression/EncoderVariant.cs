namespace LlmRec.Transformers;

/// <summary>A way to turn texts into vectors, with its size, for <see cref="CompressionReport"/>.</summary>
/// <param name="Name">A short name.</param>
/// <param name="Bytes">Bytes of its weights in memory.</param>
/// <param name="Dimensions">Dimensions of a vector.</param>
/// <param name="Encode">Writes the vectors of texts, row after row; on one thread if speed is to be compared.</param>
public sealed record EncoderVariant(string Name, long Bytes, int Dimensions, Action<IReadOnlyList<string>, Memory<float>> Encode)
{
    /// <summary>A sentence encoder.</summary>
    public static EncoderVariant Of(string name, SentenceEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new(name, encoder.Model.WeightBytes, encoder.Dimensions, (texts, vectors) => encoder.Encode(texts, vectors));
    }

    /// <summary>A static encoder.</summary>
    public static EncoderVariant Of(string name, StaticEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new(name, encoder.TableBytes, encoder.Dimensions, (texts, vectors) => encoder.Encode(texts, vectors.Span));
    }
}
