using Microsoft.Extensions.AI;

namespace LlmRec;

/// <summary>What any item encoder can do besides.</summary>
public static class ItemEncoderExtensions
{
    /// <summary>The encoder as an embedding generator of Microsoft.Extensions.AI, for vector stores, pipelines and other libraries.</summary>
    /// <param name="encoder">The encoder; a text comes to it as a user's words do, as an item that has only <see cref="Item.Text"/>.</param>
    /// <param name="modelId">The model's name in metadata and answers; <see langword="null"/> for the encoder's type.</param>
    /// <param name="countTokens">Counts the tokens of a text for the answers' usage; <see langword="null"/> leaves usage out.</param>
    /// <returns>
    /// A thread-safe generator: unit vectors, zeros for a text without anything to encode. It refuses null texts, and requests for another model or other
    /// dimensions than it has. <c>GetService</c> gives its metadata and the encoder. Disposing of it does nothing.
    /// </returns>
    public static IEmbeddingGenerator<string, Embedding<float>> AsEmbeddingGenerator(this IItemEncoder encoder, string? modelId = null, Func<string, int>? countTokens = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new EncoderEmbeddingGenerator(encoder, modelId ?? encoder.GetType().Name, countTokens);
    }
}
