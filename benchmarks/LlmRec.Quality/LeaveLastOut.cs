using System.Diagnostics;

namespace LlmRec.Quality;

/// <summary>Leave-last-out with full ranking: the last event of a user is asked for, the last but one teaches the head, the rest is counted.</summary>
internal static class LeaveLastOut
{
    public static async Task<Result> RunAsync(NamedDataset data, LinearScoringHead head, int threads, bool validation, LinearScoringOptions options, Func<Catalog, Task<IItemEncoder>>? encoding = null)
    {
        var watch = CpuWatch.Start();
        IItemEncoder encoder = encoding is null ? LsaItemEncoder.Fit(data.Catalog, new() { MaxThreads = threads }) : await encoding(data.Catalog).ConfigureAwait(false);
        ItemSpace space = await ItemSpace.EncodeAsync(data.Catalog, encoder).ConfigureAwait(false);
        double encode = watch.Seconds;

        HeldBackEvents test = HeldBackEvents.LastOfEachUser(data.Log, space);
        if (validation) test = HeldBackEvents.LastOfEachUser(test.Train, space);   // one event earlier: what may be looked at while choosing defaults
        HeldBackEvents teach = HeldBackEvents.LastOfEachUser(test.Train, space);
        watch = CpuWatch.Start();
        space.Behaviour = BehaviourModel.Build(data.Catalog, teach.Train, threads: threads);
        double count = watch.Seconds;

        Dictionary<string, RankMetrics> untrained = Evaluate(test, space, head, threads, alone: true, words: null);
        watch = CpuWatch.Start();
        LinearScoringReport report = head.Fit(teach, space, options with { Threads = threads });
        double fit = watch.Seconds;
        long held = GC.GetTotalMemory(forceFullCollection: true);
        watch = CpuWatch.Start();
        RankMetrics trained = Evaluate(test, space, head, threads, alone: false, words: null)["head"];
        double evaluate = watch.Seconds;
        RankMetrics newcomer = Evaluate(test, space, head, threads, alone: false, words: encoder)["head"];
        return new(untrained, trained, newcomer, encode, count, fit, evaluate, RankMicroseconds(test, space, head), held, report);
    }

    /// <summary>Full ranking of all items the user has not seen, seen items left out.</summary>
    /// <param name="events">The events asked for.</param>
    /// <param name="space">Items, vectors, counts.</param>
    /// <param name="head">The ranker.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="alone">True: each feature's own figures too.</param>
    /// <param name="words">An encoder when the history is to be withheld and the titles of its last three items stand for it.</param>
    private static Dictionary<string, RankMetrics> Evaluate(HeldBackEvents events, ItemSpace space, LinearScoringHead head, int threads, bool alone, IItemEncoder? words)
    {
        string[] names = [.. head.FeatureNames.SkipLast(1), "head"];
        // the whole figure counts; the rest is for orientation, and a part of the users says enough
        int step = alone || words is not null ? Math.Max(1, events.Count / 3000) : 1, count = events.Count / step;
        var ranks = new int[count][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Parallel.For(0, count, parallel, () => (new UserProfile(), new Candidates(), new List<float>()), (e, _, s) =>
        {
            (UserProfile user, Candidates items, List<float> labels) = s;
            items.Reset(space);
            labels.Clear();
            events.Load(e * step, user, items, labels);
            int target = items.Handles[0];
            var seen = new HashSet<int>(user.Handles.ToArray());
            if (words is not null) OnlyWords(user, space, words);
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

        var result = new Dictionary<string, RankMetrics>();
        for (int k = alone ? 0 : names.Length - 1; k < names.Length; k++)
        {
            var metrics = new RankMetrics();
            foreach (int[] r in ranks) metrics.Add(r[k]);
            result.Add(names[k], metrics);
        }
        return result;
    }

    /// <summary>Median microseconds to rank 500 items reached from a user's history, on one thread.</summary>
    private static double RankMicroseconds(HeldBackEvents events, ItemSpace space, LinearScoringHead head)
    {
        (UserProfile user, Candidates items, int[] reached, float[] scores) = (new(), new(), new int[500], new float[500]);
        var contributions = new float[500 * head.FeatureNames.Count];
        var times = new List<double>();
        for (int e = 0; e < 2000; e++)
        {
            items.Reset(space);
            events.Load(e % events.Count, user, items, []);
            items.Reset(space);
            foreach (int h in reached.AsSpan(0, space.Behaviour!.Successors(user, reached))) items.Add(h);
            if (items.Count < 500) continue;
            long start = Stopwatch.GetTimestamp();
            head.Rank(user, items, scores, contributions);
            if (e >= 500) times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        times.Sort();
        return times.Count == 0 ? double.NaN : times[times.Count / 2];
    }

    private static void OnlyWords(UserProfile user, ItemSpace space, IItemEncoder encoder)
    {
        string text = string.Join(". ", Enumerable.Range(0, Math.Min(3, user.Count)).Select(r => user.ItemAt(r).Title));
        var vector = new float[encoder.Dimensions];
        encoder.EncodeAsync([new Item { Id = "words", Text = text }], vector).AsTask().GetAwaiter().GetResult();
        user.Reset(UserContext.OfText(text), space, user.Now);
        vector.CopyTo(user.SetText(vector.Length));
    }

    internal sealed record Result(Dictionary<string, RankMetrics> Untrained, RankMetrics Head, RankMetrics Newcomer,
        double EncodeCpuSeconds, double CountCpuSeconds, double FitCpuSeconds, double EvaluateCpuSeconds, double RankMicroseconds, long HeldBytes, LinearScoringReport Report);
}
