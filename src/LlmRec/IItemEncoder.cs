namespace LlmRec;

/// <summary>Turns items into vectors: what an item is, before anybody has touched it.</summary>
/// <remarks>Implementations are thread-safe, and give an item the same vector alone and in a batch.</remarks>
public interface IItemEncoder
{
    /// <summary>Dimensions d of every vector.</summary>
    int Dimensions { get; }

    /// <summary>Encodes a batch.</summary>
    /// <param name="items">n items; a user's words come as an item that has only <see cref="Item.Text"/>.</param>
    /// <param name="vectors">Receives n × d values, row after row: unit length, or all zero for an item without anything to encode. Never NaN.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>A task that is already complete when the encoder computes in process.</returns>
    /// <exception cref="ArgumentException"><paramref name="vectors"/> is shorter than n × d.</exception>
    ValueTask EncodeAsync(IReadOnlyList<Item> items, Memory<float> vectors, CancellationToken cancellationToken = default);
}
