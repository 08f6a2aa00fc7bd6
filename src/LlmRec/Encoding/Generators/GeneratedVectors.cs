using Microsoft.Extensions.AI;

namespace LlmRec;

/// <summary>Asks a generator and checks what it gives.</summary>
internal static class GeneratedVectors
{
    /// <summary>The vectors of some texts, scaled to unit length.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="texts">n texts, none empty.</param>
    /// <param name="names">Names of the texts for messages.</param>
    /// <param name="options">How to ask.</param>
    /// <param name="dimensions">Dimensions d.</param>
    /// <param name="vectors">Receives n × d values.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Tokens read, as far as the generator tells.</returns>
    /// <exception cref="InvalidOperationException">The answer has another number of vectors or dimensions, or holds NaN or infinity.</exception>
    public static async Task<long> GetAsync(IEmbeddingGenerator<string, Embedding<float>> generator, IReadOnlyList<string> texts, Func<int, string> names,
        GeneratorEncoderOptions options, int dimensions, Memory<float> vectors, CancellationToken cancellationToken)
    {
        long tokens = 0;
        int batches = (texts.Count + options.BatchSize - 1) / options.BatchSize;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxParallelRequests, CancellationToken = cancellationToken };
        if (batches <= 1) await OneAsync(0, cancellationToken).ConfigureAwait(false);
        else await Parallel.ForEachAsync(Enumerable.Range(0, batches), parallel, OneAsync).ConfigureAwait(false);
        return tokens;

        async ValueTask OneAsync(int batch, CancellationToken token)
        {
            int first = batch * options.BatchSize, count = Math.Min(options.BatchSize, texts.Count - first);
            if (count <= 0) return;
            token.ThrowIfCancellationRequested();
            string[] some = [.. Enumerable.Range(first, count).Select(i => texts[i])];
            GeneratedEmbeddings<Embedding<float>> given = await generator.GenerateAsync(some, options.NewRequest(), token).ConfigureAwait(false)
                ?? throw new InvalidOperationException("the embedding generator gave nothing");
            if (given.Count != count) throw new InvalidOperationException($"the embedding generator was given {count} texts and gave {given.Count} vectors");
            for (int i = 0; i < count; i++) Take(given[i].Vector.Span, names(first + i), vectors.Span.Slice((first + i) * dimensions, dimensions));
            Interlocked.Add(ref tokens, given.Usage?.InputTokenCount ?? given.Usage?.TotalTokenCount ?? 0);
        }
    }

    private static void Take(ReadOnlySpan<float> given, string name, Span<float> vector)
    {
        if (given.Length != vector.Length)
            throw new InvalidOperationException($"the embedding generator gave {name} a vector of {given.Length} dimensions where {vector.Length} were expected: it is another model, or needs {nameof(GeneratorEncoderOptions)}.{nameof(GeneratorEncoderOptions.Dimensions)}");
        double square = 0;
        foreach (float x in given)
        {
            if (!float.IsFinite(x)) throw new InvalidOperationException($"the embedding generator gave {name} a vector with {x} in it");
            square += (double)x * x;
        }
        if (square == 0)
        {
            vector.Clear();
            return;
        }
        double scale = 1 / Math.Sqrt(square);
        for (int i = 0; i < vector.Length; i++) vector[i] = (float)(given[i] * scale);
    }
}
