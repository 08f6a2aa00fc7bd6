namespace LlmRec;

/// <summary>Keeps vectors by the content they were made of.</summary>
/// <remarks>Implementations are thread-safe. A cache may forget whatever it likes, but must never give a vector back under another key.</remarks>
public interface IEmbeddingCache
{
    /// <summary>Looks a vector up.</summary>
    /// <param name="key">What it was made of.</param>
    /// <param name="vector">Receives it; its length is the dimensions wanted.</param>
    /// <returns>False when there is none of these dimensions; <paramref name="vector"/> may then hold anything.</returns>
    bool TryGet(EmbeddingKey key, Span<float> vector);

    /// <summary>Keeps a vector; one that is there already stays.</summary>
    /// <exception cref="ArgumentException">It is empty, or holds NaN or infinity.</exception>
    void Add(EmbeddingKey key, ReadOnlySpan<float> vector);

    /// <summary>Called after a batch of <see cref="Add"/>: from now on a crash of the process should not lose them.</summary>
    void Flush();
}
