namespace LlmRec;

/// <summary>W (items, items): what an item of a history adds to the score of every other. Immutable and thread-safe.</summary>
internal abstract class ItemWeights
{
    /// <summary>Adds scale · W(from, ·) to the scores of all items.</summary>
    public abstract void AddRow(int from, float scale, Span<float> scores);

    /// <summary>W(from, to).</summary>
    public abstract double At(int from, int to);

    /// <summary>Bytes held.</summary>
    public abstract long Bytes { get; }

    /// <summary>Writes the weights.</summary>
    public abstract void Save(SavedModel to);

    /// <summary>The same weights among more items; the new ones have none.</summary>
    public abstract ItemWeights Grown(int items);
}
