using System.Diagnostics;

namespace LlmRec.Quality;

/// <summary>Leave-last-out with full ranking: the last event of a user is asked for, the last but one teaches the head, the rest is counted.</summary>
internal static class Experiment
{
    public static Result Run(DataSet data, LinearScoringHead head, IItemSpace vectors, Func<BehaviourModel, IItemSpace> counted, int threads, bool validation, LinearScoringOptions options)
    {
        HeldBackEvents test = HeldBackEvents.LastOfEachUser(data.Log, vectors);
        if (validation) test = HeldBackEvents.LastOfEachUser(test.Train, vectors);   // one event earlier: what may be looked at while choosing defaults
        HeldBackEvents teach = HeldBackEvents.LastOfEachUser(test.Train, vectors);

        var watch = Stopwatch.StartNew();
        BehaviourModel model = BehaviourModel.Build(data.Catalog, teach.Train, threads: threads);
        double count = watch.Elapsed.TotalSeconds;
        IItemSpace space = counted(model);
        Dictionary<string, (double, double)> untrained = Evaluate(test.In(space), space, head, threads);
        watch.Restart();
        LinearScoringReport report = head.Fit(teach.In(space), space, options with { Threads = threads });
        double fit = watch.Elapsed.TotalSeconds;
        watch.Restart();
        Dictionary<string, (double, double)> trained = Evaluate(test.In(space), space, head, threads, alone: false);
        return new(untrained, trained["head"], count, fit, watch.Elapsed.TotalSeconds, report);
    }

    private static Dictionary<string, (double, double)> Evaluate(HeldBackEvents events, IItemSpace space, LinearScoringHead head, int threads, bool alone = true)
    {
        string[] names = [.. head.FeatureNames.SkipLast(1), "head"];
        var ranks = new int[events.Count][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Parallel.For(0, events.Count, parallel, () => (new UserProfile(), new Candidates(), new List<float>()), (e, _, s) =>
        {
            (UserProfile user, Candidates items, List<float> labels) = s;
            items.Reset(space);
            labels.Clear();
            events.Load(e, user, items, labels);
            int target = items.Handles[0];
            var seen = new HashSet<int>(user.Handles.ToArray());
            items.Reset(space);
            int place = -1;
            for (int h = 0; h < space.Catalog.HandleCount; h++)
            {
                if (seen.Contains(h)) continue;
                if (h == target) place = items.Count;
                items.Add(h);
            }
            int n = items.Count, f = head.Parts.Count;
            var scores = new float[n];
            head.Rank(user, items, scores);
            ranks[e] = new int[f + 1];
            ranks[e][f] = place < 0 ? int.MaxValue : RankMetrics.RankOf(place, scores);
            if (alone)
            {
                var values = new float[n * f];
                head.ComputeFeatures(user, items, values);
                for (int k = 0; k < f; k++) ranks[e][k] = place < 0 ? int.MaxValue : RankMetrics.RankOf(place, values.AsSpan(k * n, n));
            }
            return s;
        }, static _ => { });

        var result = new Dictionary<string, (double, double)>();
        for (int k = alone ? 0 : names.Length - 1; k < names.Length; k++)
        {
            var metrics = new RankMetrics();
            foreach (int[] r in ranks) metrics.Add(r[k]);
            result.Add(names[k], (metrics.Ndcg, metrics.HitRate));
        }
        return result;
    }

    internal sealed record Result(Dictionary<string, (double Ndcg, double HitRate)> Untrained, (double Ndcg, double HitRate) Head, double CountSeconds, double FitSeconds, double EvaluateSeconds, LinearScoringReport Report);
}
