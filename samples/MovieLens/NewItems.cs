using System.Globalization;
using LlmRec;

namespace MovieLensSample;

/// <summary>What an encoder knows about items that nobody has touched.</summary>
internal static class NewItems
{
    private const int Draws = 3;

    private static readonly EvaluationOptions s_options = new() { Metrics = [Metric.Ndcg(10), Metric.Recall(10)], BootstrapSamples = 0 };

    /// <summary>
    /// A tenth of the items is held out with all their events, and only they are ranked: by their text alone, and by item-KNN, in which a new item takes the
    /// scores of the ten items that read most like it. A row an encoder, the mean of three draws.
    /// </summary>
    public static async Task<ReportTable> JudgeAsync(Dataset set, params IReadOnlyList<(string Name, IItemEncoder Encoder)> encoders)
    {
        double[][] sums = [.. encoders.Append(default).Select(_ => new double[4])];
        for (int seed = 1; seed <= Draws; seed++)
        {
            DataSplit split = DataSplit.ColdItems(set.Log, 0.1, 0, seed: seed, catalog: set.Catalog);
            ItemKnnModel warm = ItemKnnModel.Fit(new(split.Train.Items.Select(id => set.Catalog.TryGet(id, out Item? item) ? item : null).OfType<Item>()), split.Train, new() { Weighting = KnnWeighting.Cosine, Neighbours = 100 });
            for (int e = 0; e < encoders.Count; e++)
            {
                TextMeanModel text = await TextMeanModel.FitAsync(set.Catalog, split.Train, encoders[e].Encoder);
                ItemKnnModel knn = await warm.WithItemsAsync(set.Catalog, encoders[e].Encoder);
                EvaluationReport report = Evaluator.Evaluate(split, [text, knn], s_options);
                Add(sums[e], report, text.Name, knn.Name);
                if (e == 0) Add(sums[^1], report, "Random", "Random");
            }
        }

        var table = new ReportTable("New items", "text alone: NDCG@10", "Recall@10", "with item-KNN: NDCG@10", "Recall@10");
        foreach ((string name, double[] sum) in encoders.Select(e => e.Name).Append("Random").Zip(sums))
            table.Add([name, .. sum.Select(s => (s / Draws).ToString("0.0000", CultureInfo.InvariantCulture))]);
        return table;
    }

    private static void Add(double[] sums, EvaluationReport report, params ReadOnlySpan<string> models)
    {
        for (int i = 0; i < sums.Length; i++) sums[i] += report[models[i / 2], s_options.Metrics[i % 2].Name].Value ?? 0;
    }
}
