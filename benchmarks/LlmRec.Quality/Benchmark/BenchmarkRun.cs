using System.Diagnostics;
using System.Globalization;

namespace LlmRec.Quality;

/// <summary>
/// Every model on every data set: options chosen on the validation events, the chosen ones reported on the test. Each figure is
/// written to a journal at once, and what the journal has is not run again.
/// </summary>
/// <param name="journal">The journal's file.</param>
/// <param name="encoder">Folder of a sentence encoder for the head over titles, or empty to leave that head out.</param>
/// <param name="threads">Most threads.</param>
/// <param name="progress">Told of every step.</param>
internal sealed class BenchmarkRun(string journal, string encoder, int threads, TextWriter progress)
{
    private const string Choosing = "validation", Reported = "test";
    private const int Latencies = 200;

    /// <summary>Seconds of requests before the ones that count: code is first compiled quickly and then well.</summary>
    private const double Warming = 0.5;

    /// <summary>Names of the library's own rankers.</summary>
    public static readonly string[] Heads = ["scoring head", "scoring head with SLIT", "scoring head with SLIT and titles"];

    private readonly List<BenchmarkLine> _lines = BenchmarkLine.Read(journal);

    public IReadOnlyList<BenchmarkLine> Lines => _lines;

    /// <summary>Runs what is missing.</summary>
    /// <param name="folder">Folder of the data sets.</param>
    /// <param name="onlyData">Part of the names of data sets, or empty for all.</param>
    /// <param name="onlyModel">Part of the names of models, or empty for all.</param>
    public async Task RunAsync(string folder, string onlyData, string onlyModel)
    {
        foreach (string name in BenchmarkData.Names)
        {
            if (!name.Contains(onlyData, StringComparison.OrdinalIgnoreCase) || await BenchmarkData.ReadAsync(name, folder).ConfigureAwait(false) is not { } data) continue;
            BenchmarkModel[] models = [.. BenchmarkModel.All.Where(m => m.Fits(data) && m.Name.Contains(onlyModel, StringComparison.OrdinalIgnoreCase))];
            for (int k = 0; k < models.Length; k++)
            {
                progress.WriteLine(FormattableString.Invariant($"[{name} {k + 1}/{models.Length}] {models[k].Name}"));
                Run(data, models[k]);
            }
            if (data.Ordered) await HeadsAsync(data.Source, onlyModel).ConfigureAwait(false);
            if (name == "ml-100k" && "ratings".Contains(onlyModel, StringComparison.OrdinalIgnoreCase)) RatingFolds.Run(data.Source, threads, Find, Add);
        }
    }

    private void Run(BenchmarkData data, BenchmarkModel model)
    {
        if (_lines.Exists(l => l.Data == data.Name && l.Model == model.Name && l.Phase == Reported)) return;
        (string Options, Func<Catalog, InteractionLog, int, IScoringModel> Fit) best = model.Variants[0];
        if (model.Variants.Length > 1)
        {
            double most = double.NegativeInfinity;
            foreach ((string Options, Func<Catalog, InteractionLog, int, IScoringModel> Fit) variant in model.Variants)
            {
                BenchmarkLine line = Find(data.Name, model.Name, variant.Options, Choosing) ?? Add(Measure(data.Choosing, EvaluationPhase.Validation, data, model.Name, variant.Options, variant.Fit, Choosing));
                double value = data.ByRecall ? line.Hit : line.Ndcg;
                if (value > most) (most, best) = (value, variant);
            }
        }
        Add(Measure(data.Testing, EvaluationPhase.Test, data, model.Name, best.Options, best.Fit, Reported));
    }

    private BenchmarkLine Measure(DataSplit split, EvaluationPhase phase, BenchmarkData data, string name, string options, Func<Catalog, InteractionLog, int, IScoringModel> fit, string what)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = CpuWatch.Start();
        IScoringModel model = fit(split.Catalog!, split.Train, threads);
        double seconds = watch.Seconds, bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        EvaluationReport report = Evaluator.Evaluate(split, [model], new()
        {
            Metrics = [Metric.Ndcg(data.Cutoff), Metric.Recall(data.Cutoff)], BootstrapSamples = 0, MaxThreads = threads, Phase = phase,
            AllowLeaks = !data.Ordered,   // rows without times cannot be told to leak
        });
        double latency = what == Reported ? Latency(split, model, data.Cutoff) : double.NaN;
        return new(data.Name, name, options, what, report[model.Name, $"NDCG@{data.Cutoff}"].Value ?? 0, report[model.Name, $"Recall@{data.Cutoff}"].Value ?? 0, seconds, latency, Math.Max(0, bytes) / 1e6);
    }

    /// <summary>Median microseconds of one list for one user as a history, alone, on one thread and in a process that has been serving for half a second.</summary>
    private static double Latency(DataSplit split, ITopNModel model, int count)
    {
        string[] users = [.. split.Train.Users];
        int step = Math.Max(1, users.Length / Latencies);
        var times = new List<double>();
        for (long begin = Stopwatch.GetTimestamp(), pass = 0; pass < 2 || Stopwatch.GetElapsedTime(begin).TotalSeconds < Warming; pass++)
        {
            times.Clear();
            for (int u = 0; u < users.Length; u += step)
            {
                IReadOnlyList<Interaction> history = split.Train.HistoryOf(users[u]);
                var request = new TopNRequest(new() { History = history }, history.Select(e => e.Item).ToHashSet(StringComparer.Ordinal));
                long start = Stopwatch.GetTimestamp();
                model.Recommend([request], count);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }
        times.Sort();
        return times.Count == 0 ? double.NaN : times[times.Count / 2];
    }

    /// <summary>The scoring head over the default features, with three transition models of different decay beside them, and with what an encoder makes of the titles.</summary>
    private async Task HeadsAsync(NamedDataset data, string only)
    {
        foreach ((string name, bool transitions, bool titles) in ((string, bool, bool)[])[(Heads[0], false, false), (Heads[1], true, false), (Heads[2], true, true)])
        {
            if (!name.Contains(only, StringComparison.OrdinalIgnoreCase) || (titles && encoder.Length == 0) || _lines.Exists(l => l.Data == data.Name && l.Model == name)) continue;
            progress.WriteLine(FormattableString.Invariant($"[{data.Name}] {name}"));
            Add(await HeadAsync(data, name, transitions, titles).ConfigureAwait(false));
        }
    }

    /// <summary>One head, in a method of its own: what it holds is let go of before the next one is weighed.</summary>
    private async Task<BenchmarkLine> HeadAsync(NamedDataset data, string name, bool transitions, bool titles)
    {
        long held = GC.GetTotalMemory(forceFullCollection: true);
        var watch = CpuWatch.Start();
        IFeature[] features =
        [
            .. Features.Default(),
            .. transitions ? TransitionFeatures.Of(data, threads) : [],
            .. titles ? TitleModel.Of(data.Catalog, encoder, 256, threads, 0.5, 0.9).Select(m => Features.Score(m, 5)) : [],
        ];
        double before = watch.Seconds;
        LeaveLastOut.Result r = await LeaveLastOut.RunAsync(data, new(features), threads, validation: false, new()).ConfigureAwait(false);
        return new(data.Name, name, transitions ? "decays 0.5, 0.8, 0.95" + (titles ? "; 256 whitened dimensions" : "") : "default features", Reported, r.Head.Ndcg, r.Head.HitRate,
            before + r.EncodeCpuSeconds + r.CountCpuSeconds + r.FitCpuSeconds, r.EvaluateCpuSeconds * 1e6 / data.Log.Users.Count, Math.Max(0, r.HeldBytes - held) / 1e6);
    }

    private BenchmarkLine? Find(string data, string model, string options, string phase) =>
        _lines.Find(l => l.Data == data && l.Model == model && l.Options == options && l.Phase == phase);

    private BenchmarkLine Add(BenchmarkLine line)
    {
        _lines.Add(line);
        File.AppendAllText(journal, line + "\n");
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {line.Model} {line.Phase} {line.Options,-28} {line.Ndcg:0.0000} / {line.Hit:0.0000}  fit {line.FitCpuSeconds:0.0} s"));
        return line;
    }
}
