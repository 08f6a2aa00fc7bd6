namespace LlmRec;

/// <summary>What the item encoders have in common.</summary>
internal static class ItemBatch
{
    // From here on starting other threads pays.
    private const int LeastForThreads = 64;

    /// <summary>Checks the arguments of <see cref="IItemEncoder.EncodeAsync"/>.</summary>
    public static void Check(IReadOnlyList<Item> items, int dimensions, ReadOnlyMemory<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(items);
        long needed = (long)items.Count * dimensions;
        if (vectors.Length < needed)
            throw new ArgumentException($"{items.Count} items of {dimensions} dimensions need {needed} values, got room for {vectors.Length}", nameof(vectors));
    }

    /// <summary>Checks the arguments and encodes a batch, a large one on several threads; a small one allocates nothing.</summary>
    /// <param name="reader">The encoder.</param>
    /// <param name="items">n items.</param>
    /// <param name="vectors">Room for n × d.</param>
    /// <param name="maxThreads">Most threads, or 0 for as many as there are processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static ValueTask EncodeAsync<TScratch>(IItemReader<TScratch> reader, IReadOnlyList<Item> items, Memory<float> vectors, int maxThreads, CancellationToken cancellationToken)
    {
        Check(items, reader.Dimensions, vectors);
        if (items.Count >= LeastForThreads && maxThreads != 1)
        {
            InParallel(reader, items, vectors, maxThreads, cancellationToken);
            return ValueTask.CompletedTask;
        }
        int d = reader.Dimensions;
        TScratch scratch = reader.Rent();
        for (int i = 0; i < items.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reader.Encode(items[i], vectors.Span.Slice(i * d, d), scratch);
        }
        reader.Return(scratch);
        return ValueTask.CompletedTask;
    }

    // Apart, so that the small batch does not pay for the closure.
    private static void InParallel<TScratch>(IItemReader<TScratch> reader, IReadOnlyList<Item> items, Memory<float> vectors, int maxThreads, CancellationToken cancellationToken)
    {
        int d = reader.Dimensions;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = maxThreads == 0 ? -1 : maxThreads, CancellationToken = cancellationToken };
        Parallel.For(0, items.Count, parallel, reader.Rent, (i, _, scratch) =>
        {
            reader.Encode(items[i], vectors.Span.Slice(i * d, d), scratch);
            return scratch;
        }, reader.Return);
    }
}
