using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmRec.Quality;

/// <summary>The classical models on one data set, a JSON line each: quality, seconds to fit, microseconds a user, bytes of weights.</summary>
internal static class ClassicalTable
{
    private static (string Name, Func<Catalog, InteractionLog, int, IScoringModel> Fit)[] Models { get; } =
    [
        ("item-KNN cosine", (c, l, t) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Cosine, Neighbours = 100, Threads = t })),
        ("item-KNN tfidf", (c, l, t) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.TfIdf, Neighbours = 100, Threads = t })),
        ("item-KNN bm25", (c, l, t) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Bm25, Neighbours = 100, Threads = t })),
        ("item-KNN degree", (c, l, t) => ItemKnnModel.Fit(c, l, new() { Weighting = KnnWeighting.Degree, Neighbours = 100, Threads = t })),
        ("user-KNN", (c, l, _) => UserKnnModel.Fit(c, l)),
        ("item graph 100", (c, l, t) => ItemGraphModel.Fit(c, l, new() { Neighbours = 100, Threads = t })),
        ("item graph 500", (c, l, t) => ItemGraphModel.Fit(c, l, new() { Neighbours = 500, Threads = t })),
        ("EASE", (c, l, t) => EaseModel.Fit(c, l, new() { Threads = t })),
        ("EASE for sparse data", (c, l, t) => EaseModel.Fit(c, l, new() { Regularisation = 100, Threads = t })),
        ("SLIM", (c, l, t) => SlimModel.Fit(c, l, new() { Threads = t })),
        ("SLIM for sparse data", (c, l, t) => SlimModel.Fit(c, l, new() { Penalty = 0.0001, Threads = t })),
        ("SLIT", (c, l, t) => ItemTransitionModel.Fit(c, l, new() { Threads = t })),
        ("SLIT both ways", (c, l, t) => ItemTransitionModel.Fit(c, l, new() { Threads = t, Regularisation = 30, Next = 6, NextDecay = 0.7, ReverseWeight = 0.5 })),
        ("SLIST", (c, l, t) => ItemTransitionModel.Fit(c, l, new() { Threads = t, Consistency = 0.2 })),
        ("PureSVD", (c, l, t) => PureSvdModel.Fit(c, l, new() { Threads = t })),
        ("iALS", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Threads = t })),
        ("iALS conjugate gradient", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Solver = AlsSolver.ConjugateGradient, Threads = t })),
        ("iALS scaled", (c, l, t) => ImplicitAlsModel.Fit(c, l, new() { Objective = AlsObjective.FrequencyScaled, Alpha = 0.1, Regularisation = 0.003, Threads = t })),
        ("BPR", (c, l, _) => BprModel.Fit(c, l)),
    ];

    /// <summary>Fits and measures the models whose name has the text in it.</summary>
    /// <param name="path">As for <see cref="DataSet.Read"/>, or a folder with <c>train.txt</c>, <c>valid.txt</c>, <c>test.txt</c> of the LightGCN kind (Recall@20 and NDCG@20).</param>
    /// <param name="wanted">Part of the name of the models, or empty for all.</param>
    /// <param name="validation">Whether the validation events are the targets: to choose options by.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="output">Receives the lines.</param>
    public static void Run(string path, string wanted, bool validation, int threads, TextWriter output)
    {
        bool graph = File.Exists(Path.Combine(path, "train.txt"));
        (string name, DataSplit split) = graph ? LightGcn(path) : LeaveLastOut(path);
        int k = graph ? 20 : 10;
        var options = new EvaluationOptions
        {
            Metrics = [Metric.Ndcg(k), Metric.Recall(k)], BootstrapSamples = 0, MaxThreads = threads, AllowLeaks = graph,
            Phase = validation ? EvaluationPhase.Validation : EvaluationPhase.Test,
        };
        foreach ((string model, Func<Catalog, InteractionLog, int, IScoringModel> fit) in Models)
        {
            if (!model.Contains(wanted, StringComparison.OrdinalIgnoreCase)) continue;
            long start = Stopwatch.GetTimestamp();
            IScoringModel fitted = fit(split.Catalog!, split.Train, threads);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            EvaluationReport report = Evaluator.Evaluate(split, [fitted], options);
            var line = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(line))
            {
                json.WriteStartObject();
                json.WriteString("data", name);
                json.WriteString("model", model);
                json.WriteNumber($"ndcg@{k}", Math.Round(report[fitted.Name, $"NDCG@{k}"].Value ?? 0, 5));
                json.WriteNumber($"recall@{k}", Math.Round(report[fitted.Name, $"Recall@{k}"].Value ?? 0, 5));
                json.WriteNumber("fit_s", Math.Round(seconds, 2));
                json.WriteNumber("user_us", Math.Round(report[fitted.Name].TimePerUser.TotalMicroseconds, 1));
                if (fitted is LinearItemModel linear) json.WriteNumber("weight_mb", Math.Round(linear.WeightBytes / 1e6, 1));
                json.WriteEndObject();
            }
            output.WriteLine(Encoding.UTF8.GetString(line.WrittenSpan));
        }
    }

    private static (string, DataSplit) LeaveLastOut(string path)
    {
        DataSet data = DataSet.Read(path);
        return (data.Name, DataSplit.LeaveLastOut(data.Log, data.Catalog));
    }

    /// <summary>Training and validation rows are fitted on together, as in the published figures.</summary>
    private static (string, DataSplit) LightGcn(string folder)
    {
        var log = new InteractionLog();
        int trained = 0;
        foreach (string file in (string[])["train.txt", "valid.txt", "test.txt"])
        {
            if (file == "test.txt") trained = log.Count;
            foreach (string line in File.ReadLines(Path.Combine(folder, file)))
            {
                string[] p = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                foreach (string item in p.AsSpan(1)) log.Add(p[0], item);
            }
        }
        var catalog = new Catalog(log.Items.Select(i => int.Parse(i, CultureInfo.InvariantCulture)).Order().Select(i => new Item { Id = i.ToString(CultureInfo.InvariantCulture) }));
        return (Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), DataSplit.FromRoles("LightGCN", log, (p, _) => p < trained ? EventRole.Train : EventRole.Test, catalog: catalog));
    }
}
