namespace LlmRec;

/// <summary>A public data set, read whole.</summary>
/// <param name="Name">Its name, such as <c>ml-100k</c>.</param>
/// <param name="Catalog">The items, in the order of their numbers where the set numbers them.</param>
/// <param name="Log">The events, in the order of the files.</param>
public sealed record NamedDataset(string Name, Catalog Catalog, InteractionLog Log)
{
    private readonly Func<IReadOnlyList<DataSplit>>? _splits;
    private IReadOnlyList<DataSplit>? _made;

    internal NamedDataset(string name, Catalog catalog, InteractionLog log, Func<IReadOnlyList<DataSplit>> splits) : this(name, catalog, log) => _splits = splits;

    /// <summary>The splits that come with the data: the five folds of MovieLens 100k, the split of LightGCN; empty when there are none, as for sequences, of which <see cref="DataSplit.LeaveLastOut"/> makes the usual one.</summary>
    /// <exception cref="InvalidDataException">A file of a split contradicts the data.</exception>
    public IReadOnlyList<DataSplit> PublishedSplits => _made ??= _splits?.Invoke() ?? [];
}
