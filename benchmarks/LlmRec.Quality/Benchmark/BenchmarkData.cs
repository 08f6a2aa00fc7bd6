using System.Globalization;

namespace LlmRec.Quality;

/// <summary>A data set with the split that options are chosen on and the one that is reported.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Choosing">Options are chosen on this split's <paramref name="ChoosingPhase"/>.</param>
/// <param name="ChoosingPhase">Which events are wanted while choosing.</param>
/// <param name="Testing">What is reported.</param>
/// <param name="Cutoff">Length of the lists.</param>
/// <param name="Source">Catalog and events where their order is known; null otherwise.</param>
internal sealed record BenchmarkData(string Name, DataSplit Choosing, EvaluationPhase ChoosingPhase, DataSplit Testing, int Cutoff, DataSet? Source)
{
    /// <summary>Whether events have an order.</summary>
    public bool Ordered => Source is not null;

    /// <summary>The data sets of a folder, those that are there.</summary>
    public static IEnumerable<(string Name, Func<BenchmarkData> Read)> In(string folder)
    {
        (string, Func<BenchmarkData>) Last(string name, string path) => (name, () => LeaveLastOut(DataSet.Read(Path.Combine(folder, path))));
        if (Directory.Exists(Path.Combine(folder, "ml-100k"))) yield return Last("ml-100k", "ml-100k");
        if (Directory.Exists(Path.Combine(folder, "ml-1m"))) yield return Last("ml-1m", "ml-1m");
        if (File.Exists(Path.Combine(folder, "s3rec", "Beauty.txt"))) yield return Last("Beauty", Path.Combine("s3rec", "Beauty.txt"));
        if (Directory.Exists(Path.Combine(folder, "gowalla"))) yield return ("gowalla", () => LightGcn(Path.Combine(folder, "gowalla")));
    }

    private static BenchmarkData LeaveLastOut(DataSet data)
    {
        DataSplit split = DataSplit.LeaveLastOut(data.Log, data.Catalog);
        return new(data.Name, split, EvaluationPhase.Validation, split, 10, data);
    }

    /// <summary>LightGCN's split: chosen on the validation rows with the training rows fitted, reported on the test rows with both fitted, as in the published figures.</summary>
    private static BenchmarkData LightGcn(string folder)
    {
        var log = new InteractionLog();
        int[] ends = new int[3];
        string[] files = ["train.txt", "valid.txt", "test.txt"];
        for (int f = 0; f < files.Length; f++)
        {
            foreach (string line in File.ReadLines(Path.Combine(folder, files[f])))
            {
                string[] p = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                foreach (string item in p.AsSpan(1)) log.Add(p[0], item);
            }
            ends[f] = log.Count;
        }
        var catalog = new Catalog(log.Items.Select(i => int.Parse(i, CultureInfo.InvariantCulture)).Order().Select(i => new Item { Id = i.ToString(CultureInfo.InvariantCulture) }));
        InteractionLog early = new(log.Take(ends[1]));
        return new(Path.GetFileName(folder),
            DataSplit.FromRoles("LightGCN, validation rows", early, (p, _) => p < ends[0] ? EventRole.Train : EventRole.Test, catalog: catalog), EvaluationPhase.Test,
            DataSplit.FromRoles("LightGCN", log, (p, _) => p < ends[1] ? EventRole.Train : EventRole.Test, catalog: catalog), 20, null);
    }
}
