namespace LlmRec.Kernels;

/// <summary>Options of an <see cref="HnswIndex"/>.</summary>
public sealed record HnswOptions
{
    /// <summary>How rows are compared: <see cref="VectorMetric.Cosine"/> (default) or <see cref="VectorMetric.InnerProduct"/>.</summary>
    public VectorMetric Metric { get; init; } = VectorMetric.Cosine;

    /// <summary>
    /// How rows are kept: <see cref="RowFormat.Float32"/> (default), or <see cref="RowFormat.Int8"/> for a quarter of the memory and
    /// about twice the speed; the query is then rounded to 14 bits, so scores carry an error of about 0.007/√d for unit rows.
    /// </summary>
    public RowFormat Format { get; init; } = RowFormat.Float32;

    /// <summary>M of the paper, 2 to 256, default 16: a node has at most 2·M links on the ground level. More finds more in hard data and takes 8·M bytes a row.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>efConstruction of the paper, 1 to 100,000, default 200: how many candidates are weighed when a row is linked in. More builds slower and finds more.</summary>
    public int BuildBreadth { get; init; } = 200;

    /// <summary>ef of the paper, 1 to 100,000, default 64: how many candidates a search keeps when it does not say. More is slower and finds more.</summary>
    public int SearchBreadth { get; init; } = 64;

    /// <summary>Seed of the levels drawn. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Threads of a build, at least 1; 0 (default) for all processors. The index is the same for any number.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Share of removed rows, above 0, at which the index repairs its links and takes their room back by itself within a
    /// <see cref="HnswIndex.Remove"/> or <see cref="HnswIndex.Upsert(int, ReadOnlySpan{float})"/>; default 0.25, 1 or more for never.
    /// </summary>
    public double CompactAt { get; init; } = 0.25;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Validate()
    {
        if (Metric is not (VectorMetric.Cosine or VectorMetric.InnerProduct))
            throw new ArgumentOutOfRangeException(nameof(Metric), Metric, "an HNSW index compares by Cosine or InnerProduct");
        if (Format is not (RowFormat.Float32 or RowFormat.Int8))
            throw new ArgumentOutOfRangeException(nameof(Format), Format, "an HNSW index keeps its rows as Float32 or Int8");
        Within(Connections, 2, 256, nameof(Connections));
        Within(BuildBreadth, 1, 100_000, nameof(BuildBreadth));
        Within(SearchBreadth, 1, 100_000, nameof(SearchBreadth));
        Within(Threads, 0, 4096, nameof(Threads));
        if (!(CompactAt > 0))
            throw new ArgumentOutOfRangeException(nameof(CompactAt), CompactAt, "the share of removed rows that starts a compaction is above 0 (1 or more: never)");
    }

    private static void Within(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {least} to {most}");
    }
}
