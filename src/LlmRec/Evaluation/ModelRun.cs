using System.Diagnostics;
using System.Globalization;

namespace LlmRec;

/// <summary>One model over all users of an evaluation.</summary>
internal sealed class ModelRun
{
    private readonly DataSplit _split;
    private readonly EvaluationWorld _world;
    private readonly EvaluationCases _cases;
    private readonly EvaluationOptions _options;
    private readonly ITopNModel _model;
    private readonly IScoringModel? _scoring;
    private readonly int[] _itemOfModel = [];   // the model's item number → index into the split's items, or −1
    private readonly bool _sameItems;
    private readonly int _length;
    private readonly int? _sampledNegatives;
    private int _excluded, _repeated, _unknown, _notFinite;
    private long _ticks;

    public ModelRun(DataSplit split, EvaluationWorld world, EvaluationCases cases, EvaluationOptions options, ITopNModel model, int? sampledNegatives = null)
    {
        _split = split;
        _world = world;
        _cases = cases;
        _options = options;
        _model = model;
        _scoring = model as IScoringModel;
        _sampledNegatives = sampledNegatives;
        _length = Math.Min(split.Items.Count, options.Metrics.Max(m => m.Cutoff) is var k and > 0 ? k : 1);
        if (_scoring is null) return;
        _itemOfModel = [.. _scoring.Items.Select(split.IndexOf)];
        _sameItems = _itemOfModel.Length == split.Items.Count;
        for (int i = 0; _sameItems && i < _itemOfModel.Length; i++) _sameItems = _itemOfModel[i] == i;
    }

    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <param name="forReport">False for a search, which needs no pictures.</param>
    public ModelResult Execute(IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken, bool forReport = true)
    {
        int n = _cases.Users.Length, size = _options.BatchSize, batches = (n + size - 1) / size, done = 0;
        var outcomes = new UserOutcome[n];
        var report = new Lock();
        Parallel.For(0, batches, new ParallelOptions { MaxDegreeOfParallelism = _options.MaxThreads, CancellationToken = cancellationToken }, batch =>
        {
            int from = batch * size, to = Math.Min(n, from + size);
            RunBatch(from, to, outcomes);
            if (progress is null) return;
            lock (report) progress.Report(new(_model.Name, done += to - from, n));
        });
        return Sum(outcomes, forReport);
    }

    /// <summary>What had to be struck from the model's lists, in words.</summary>
    public IEnumerable<string> Notes()
    {
        string Say(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{_model.Name}: {count:N0} {what}");
        if (_excluded > 0) yield return Say(_excluded, "recommended items had to be excluded and were struck out; later items moved up.");
        if (_repeated > 0) yield return Say(_repeated, "items stood twice in a list; the later one was struck out.");
        if (_unknown > 0) yield return Say(_unknown, "recommended items are not among the items of the split and were struck out.");
        if (_notFinite > 0) yield return Say(_notFinite, "scores were NaN and count as \"would not recommend it\".");
    }

    private void RunBatch(int from, int to, UserOutcome[] outcomes)
    {
        var requests = new TopNRequest[to - from];
        int[][] excluded = new int[to - from][], history = new int[to - from][];
        for (int i = from; i < to; i++) (requests[i - from], excluded[i - from], history[i - from]) = _cases.RequestOf(i);

        long start = Stopwatch.GetTimestamp();
        float[]? scores = null;
        IReadOnlyList<IReadOnlyList<ScoredItem>>? lists = null;
        if (_scoring is not null)
        {
            scores = new float[requests.Length * _itemOfModel.Length];
            _scoring.Score(requests, scores);
        }
        else
        {
            lists = _model.Recommend(requests, _length);
            if (lists.Count != requests.Length) throw new InvalidOperationException($"model '{_model.Name}' gave {lists.Count} lists for {requests.Length} users");
        }
        Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - start);

        float[] row = scores is null ? [] : new float[_split.Items.Count];
        int[] best = new int[_length];
        for (int i = from; i < to; i++)
        {
            int[] list;
            double? auc = null;
            if (scores is not null)
            {
                Gather(scores.AsSpan((i - from) * _itemOfModel.Length, _itemOfModel.Length), excluded[i - from], row);
                if (_sampledNegatives is { } negatives) excluded[i - from] = KeepSample(row, excluded[i - from], _cases.Targets[i], negatives, _cases.Users[i]);
                list = best[..TopNSelection.Best(row, best)];
                if (_options.Metrics.Any(m => m.NeedsAuc)) auc = Auc(row, excluded[i - from], _cases.Targets[i]);
            }
            else
                list = Clean(lists![i - from], requests[i - from].Exclude);

            double[] gains = new double[list.Length];
            for (int r = 0; r < list.Length; r++)
            {
                int at = Array.BinarySearch(_cases.Targets[i], list[r]);
                if (at >= 0) gains[r] = _cases.Grades[i][at];
            }
            outcomes[i] = new(_split, _world, _cases.Users[i], list, gains, _cases.Targets[i], _cases.Grades[i], history[i - from]) { Auc = auc };
        }
    }

    /// <summary>The model's scores in the split's order, −∞ where it has none or may not recommend.</summary>
    private void Gather(ReadOnlySpan<float> scores, int[] excluded, Span<float> row)
    {
        if (_sameItems)
            scores.CopyTo(row);
        else
        {
            row.Fill(float.NegativeInfinity);
            for (int j = 0; j < scores.Length; j++)
                if (_itemOfModel[j] is var i and >= 0) row[i] = scores[j];
        }
        foreach (int i in excluded) row[i] = float.NegativeInfinity;
        int bad = 0;
        for (int i = 0; i < row.Length; i++)
            if (float.IsNaN(row[i]))
            {
                row[i] = float.NegativeInfinity;
                bad++;
            }
        if (bad > 0) Interlocked.Add(ref _notFinite, bad);
    }

    /// <summary>Keeps the targets and a sample of the other candidates, drawn by seed and user alone; returns all items that are no candidates any more.</summary>
    private int[] KeepSample(Span<float> row, int[] excluded, int[] targets, int negatives, int user)
    {
        var random = SplitMix.Of(_options.Seed, user);
        bool[] taken = new bool[row.Length];
        foreach (int i in excluded) taken[i] = true;
        foreach (int i in targets) taken[i] = true;
        int[] pool = [.. Enumerable.Range(0, row.Length).Where(i => !taken[i])];
        int keep = Math.Min(negatives, pool.Length);
        for (int j = 0; j < keep; j++)
        {
            int at = j + random.Next(pool.Length - j);
            (pool[j], pool[at]) = (pool[at], pool[j]);
        }
        foreach (int i in pool.AsSpan(keep)) row[i] = float.NegativeInfinity;
        return [.. excluded, .. pool.AsSpan(keep)];
    }

    private int[] Clean(IReadOnlyList<ScoredItem> list, IReadOnlyCollection<string> exclude)
    {
        var ids = new List<int>(list.Count);
        foreach (ScoredItem s in list)
        {
            if (ids.Count == _length) break;
            int i = _split.IndexOf(s.Item);
            if (exclude.Contains(s.Item)) Interlocked.Increment(ref _excluded);
            else if (i < 0) Interlocked.Increment(ref _unknown);
            else if (ids.Contains(i)) Interlocked.Increment(ref _repeated);
            else ids.Add(i);
        }
        return [.. ids];
    }

    /// <summary>Share of (target, other candidate) pairs in order, ties half; candidates are all items that are not excluded.</summary>
    private static double? Auc(ReadOnlySpan<float> row, int[] excluded, int[] targets)
    {
        int others = row.Length - excluded.Length - targets.Length;
        if (others <= 0) return null;
        double sum = 0;
        foreach (int t in targets)
        {
            float own = row[t];
            long below = 0, equal = 0;
            foreach (float s in row)
            {
                if (s < own) below++;
                else if (s == own) equal++;
            }
            if (float.IsNegativeInfinity(own)) equal -= excluded.Length;   // excluded items are no candidates
            else below -= excluded.Length;
            foreach (int o in targets)
            {
                if (row[o] < own) below--;
                else if (row[o] == own) equal--;
            }
            sum += below + 0.5 * equal;
        }
        return sum / ((double)targets.Length * others);
    }

    private ModelResult Sum(UserOutcome[] outcomes, bool forReport)
    {
        var values = new MetricValue[_options.Metrics.Count];
        double?[]?[] perUser = new double?[]?[values.Length];
        Parallel.For(0, values.Length, new ParallelOptions { MaxDegreeOfParallelism = _options.MaxThreads }, m =>
        {
            Metric metric = _options.Metrics[m];
            if (metric.OfAll is { } all)
            {
                values[m] = new(Finite(all(_world, outcomes)), null, null, outcomes.Length);
                return;
            }
            double?[] each = perUser[m] = [.. outcomes.Select(u => Finite(metric.OfUser!(u)))];
            double[] defined = [.. each.OfType<double>()];
            var interval = _options.BootstrapSamples == 0 ? null : Bootstrap.MeanInterval(defined, _options.BootstrapSamples, _options.Confidence, _options.Seed);
            values[m] = new(defined.Length == 0 ? null : defined.Sum() / defined.Length, interval?.Low, interval?.High, defined.Length);
        });
        return new(_model.Name, values, perUser, forReport ? new(_world, outcomes, _length) : null, Stopwatch.GetElapsedTime(0, _ticks), outcomes.Length);
    }

    private static double? Finite(double? value) => value is { } v && double.IsFinite(v) ? v : null;
}
