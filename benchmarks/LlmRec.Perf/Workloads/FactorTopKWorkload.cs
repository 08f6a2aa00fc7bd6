using System.Globalization;
using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>Lists from a factor model: the fold-in of each user's history, and the best of all items without those of the history.</summary>
internal sealed class FactorTopKWorkload : IWorkload
{
    public string Name => "factor-topk";

    public string Description => "the best items of an implicit ALS model: --coo FOLDER --f 64 --k 10 --users 1 (requests of a call) --trained 5000 (users it was fitted on)";

    public PerfResult Run(PerfArguments options)
    {
        int f = options.Int("f", 64), k = options.Int("k", 10), n = options.Int("users", 1), trained = options.Int("trained", 5000);
        SparseMatrix pairs = Coo.Read(options.Text("coo", "."), binary: true);
        string[] ids = [.. Enumerable.Range(0, pairs.Columns).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        var log = new InteractionLog();
        var histories = new string[trained][];
        for (int u = 0; u < trained; u++)
        {
            histories[u] = [.. pairs.ColumnsOf(u).ToArray().Select(i => ids[i])];
            foreach (string item in histories[u]) log.Add(ids[u], item);
        }
        ITopNModel model = ImplicitAlsModel.Fit(new Catalog(ids.Select(i => new Item { Id = i })), log, new() { Factors = f, Iterations = 2, Alpha = 10, Threads = 1 });

        int calls = Math.Max(1, 200 / n), next = 0;
        TopNRequest[] all = [.. Enumerable.Range(0, trained).Where(u => histories[u].Length > 0).Select(u => new TopNRequest(UserContext.Of(ids[u]), histories[u]))];
        TopNRequest[][] batches = [.. Enumerable.Range(0, calls).Select(_ => Enumerable.Range(0, n).Select(_ => all[next++ % all.Length]).ToArray())];
        Timing timing = Stopwatcher.Time(() =>
        {
            foreach (TopNRequest[] batch in batches) model.Recommend(batch, k);
        }, options.Seconds);
        return new() { Timing = timing, Items = (double)n * calls };
    }
}
