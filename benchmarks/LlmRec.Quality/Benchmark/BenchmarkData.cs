namespace LlmRec.Quality;

/// <summary>A data set with the split that options are chosen on and the one that is reported.</summary>
/// <param name="Source">Catalog and events.</param>
/// <param name="Choosing">Options are chosen on this split's validation events.</param>
/// <param name="Testing">What is reported.</param>
/// <param name="Cutoff">Length of the lists.</param>
internal sealed record BenchmarkData(NamedDataset Source, DataSplit Choosing, DataSplit Testing, int Cutoff)
{
    /// <summary>Names of the data sets, in the order of the page.</summary>
    public static readonly string[] Names = ["ml-100k", "ml-1m", "Beauty", "gowalla"];

    public string Name => Source.Name;

    /// <summary>Whether events have an order.</summary>
    public bool Ordered { get; init; }

    /// <summary>Whether options are chosen by recall, which the published tables of the set are led by, instead of NDCG.</summary>
    public bool ByRecall { get; init; }

    /// <summary>Whether events have times.</summary>
    public bool Timed => Source.Log.Count > 0 && Source.Log[0].Time is not null;

    /// <summary>Reads a data set of a folder; null when it is not there.</summary>
    public static async Task<BenchmarkData?> ReadAsync(string name, string folder)
    {
        if (!DataSets.In(folder).Contains(name, StringComparer.Ordinal)) return null;
        NamedDataset data = await DataSets.ReadAsync(name, folder).ConfigureAwait(false);
        return name == "gowalla" ? LightGcn(data) : LeaveLastOut(data);
    }

    private static BenchmarkData LeaveLastOut(NamedDataset data)
    {
        DataSplit split = DataSplit.LeaveLastOut(data.Log, data.Catalog);
        return new(data, split, split, 10) { Ordered = true };
    }

    /// <summary>LightGCN's split: chosen on the validation rows with the training rows fitted, reported on the test rows with both fitted, as in the published figures.</summary>
    private static BenchmarkData LightGcn(NamedDataset data)
    {
        DataSplit choosing = data.PublishedSplits[0];
        int known = choosing.Train.Count + choosing.Validation.Count;
        return new(data, choosing, DataSplit.FromRoles("LightGCN", data.Log, (p, _) => p < known ? EventRole.Train : EventRole.Test, catalog: data.Catalog), 20) { ByRecall = true };
    }
}
