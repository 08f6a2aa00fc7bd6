namespace LlmRec;

/// <summary>The users of an evaluation with their targets, and a count of those left out.</summary>
internal sealed class EvaluationCases
{
    private readonly DataSplit _split;
    private readonly EvaluationOptions _options;

    public EvaluationCases(DataSplit split, EvaluationOptions options)
    {
        _split = split;
        _options = options;
        InteractionLog log = split.Log;
        var users = new List<int>();
        var targets = new List<int[]>();
        var grades = new List<double[]>();
        var lengths = new List<int>();
        var excluded = new HashSet<int>();
        var best = new SortedDictionary<int, double>();
        for (int u = 0; u < log.UserTable.Count; u++)
        {
            ReadOnlySpan<int> positions = log.PositionsOf(u);
            int history = 0;
            excluded.Clear();
            best.Clear();
            bool any = false;
            foreach (int p in positions)
            {
                if (IsHistory(p)) history++;
                if (options.ExcludeSeen && IsExcluded(p)) excluded.Add(log.ItemAt(p));
            }
            foreach (int p in positions)
            {
                if (!IsTarget(p)) continue;
                any = true;
                int item = split.ItemIndexAt(p);
                if (item < 0) { TargetsNotRanked++; continue; }
                if (excluded.Contains(log.ItemAt(p))) { TargetsSeen++; continue; }
                float value = log.ValueAt(p);
                if (options.RelevantFrom is { } from && !(value >= from)) { TargetsIrrelevant++; continue; }
                double grade = options.GradeByValue && !float.IsNaN(value) ? value : 1;
                if (!(grade > 0)) { TargetsIrrelevant++; continue; }
                best[item] = Math.Max(best.GetValueOrDefault(item), grade);
            }
            if (!any) { UsersWithoutTarget++; continue; }
            if (best.Count == 0) { UsersWithoutRelevant++; continue; }
            if (history < Math.Min(options.MinimumHistory, split.MostHistory)) { UsersWithoutHistory++; continue; }
            users.Add(u);
            lengths.Add(history);
            targets.Add([.. best.Keys]);
            grades.Add([.. best.Values]);
        }
        Users = [.. users];
        Targets = [.. targets];
        Grades = [.. grades];
        HistoryLengths = [.. lengths];
    }

    public int[] Users { get; }

    /// <summary>Item indices of the relevant items, ascending.</summary>
    public int[][] Targets { get; }

    public double[][] Grades { get; }

    /// <summary>History events of each user.</summary>
    public int[] HistoryLengths { get; }

    public int UsersWithoutTarget { get; }

    public int UsersWithoutRelevant { get; }

    public int UsersWithoutHistory { get; }

    public int TargetsNotRanked { get; }

    public int TargetsSeen { get; }

    public int TargetsIrrelevant { get; }

    /// <summary>The request of a user, with the excluded and the history's item indices beside it.</summary>
    public (TopNRequest Request, int[] Excluded, int[] History) RequestOf(int place)
    {
        InteractionLog log = _split.Log;
        var history = new List<Interaction>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var indices = new HashSet<int>();
        var items = new HashSet<int>();
        DateTimeOffset? time = null;
        foreach (int p in log.PositionsOf(Users[place]))
        {
            if (IsHistory(p))
            {
                Interaction event_ = log[p] with { User = "" };
                history.Add(event_);
                if (event_.Time is { } t && (time is null || t > time)) time = t;
                if (_split.ItemIndexAt(p) is var i and >= 0 && !log.KindAt(p).IsNegative()) items.Add(i);
            }
            if (_options.ExcludeSeen && IsExcluded(p))
            {
                ids.Add(log.ItemTable[log.ItemAt(p)]);
                if (_split.ItemIndexAt(p) is var i and >= 0) indices.Add(i);
            }
        }
        return (new(new UserContext { History = history, Time = time }, ids), [.. indices], [.. items.Order()]);
    }

    private bool IsTarget(int p) =>
        _split.RoleAt(p) == (_options.Phase == EvaluationPhase.Test ? EventRole.Test : EventRole.Validation) && !_split.Log.KindAt(p).IsNegative();

    private bool IsHistory(int p) => _split.RoleAt(p) switch
    {
        EventRole.Train or EventRole.Context => true,
        EventRole.Validation => _options.Phase == EvaluationPhase.Test && _options.HistoryHasValidation,
        _ => false,
    };

    private bool IsExcluded(int p) => _split.RoleAt(p) switch
    {
        EventRole.Train or EventRole.Context => true,
        EventRole.Validation => _options.Phase == EvaluationPhase.Test && (_options.ExcludeValidation || _options.HistoryHasValidation),
        _ => false,
    };
}
