using System.Globalization;

namespace LlmRec;

/// <summary>Looks for ways in which the answer reaches the question.</summary>
internal static class LeakageCheck
{
    public static IReadOnlyList<LeakageWarning> Run(DataSplit split)
    {
        var found = new List<LeakageWarning>();
        TestInTrain(split, found);
        HeldOutInTrain(split, found);
        Times(split, found);
        Unranked(split, found);
        return [.. found.OrderByDescending(w => w.IsSevere)];
    }

    private static bool IsTarget(EventRole role) => role is EventRole.Validation or EventRole.Test;

    private static bool IsHistory(EventRole role) => role is EventRole.Train or EventRole.Context;

    /// <summary>The same event, or at least the same item, on both sides of one user.</summary>
    private static void TestInTrain(DataSplit split, List<LeakageWarning> found)
    {
        InteractionLog log = split.Log;
        int same = 0, repeated = 0, targets = 0;
        string? example = null;
        var items = new HashSet<int>();
        var events = new HashSet<(int Item, long Time)>();
        for (int u = 0; u < log.UserTable.Count; u++)
        {
            items.Clear();
            events.Clear();
            ReadOnlySpan<int> positions = log.PositionsOf(u);
            foreach (int p in positions)
                if (IsHistory(split.RoleAt(p)))
                {
                    items.Add(log.ItemAt(p));
                    events.Add((log.ItemAt(p), log.TimeAt(p)));
                }
            foreach (int p in positions)
            {
                if (!IsTarget(split.RoleAt(p))) continue;
                targets++;
                if (!items.Contains(log.ItemAt(p))) continue;
                repeated++;
                if (!events.Contains((log.ItemAt(p), log.TimeAt(p)))) continue;
                same++;
                example ??= $"user '{log.UserTable[u]}', item '{log.ItemTable[log.ItemAt(p)]}'";
            }
        }
        if (same > 0)
            found.Add(new(LeakageKind.TestInTrain, true, same,
                $"{Of(same, targets)} target events are also in the training or history (first: {example}). A model only has to remember them: the figures would be too good. Take the targets out of the training, or remove duplicates from the log first."));
        if (repeated > same)
            found.Add(new(LeakageKind.RepeatedTarget, false, repeated - same,
                $"{Of(repeated - same, targets)} targets repeat an item of the user's own history. While seen items are excluded they cannot be recommended and are left out of the targets; set ExcludeSeen to false where people come back to the same items."));
    }

    /// <summary>Users or items that were to be new, and are not.</summary>
    private static void HeldOutInTrain(DataSplit split, List<LeakageWarning> found)
    {
        if (split.HeldOut == HeldOut.Nothing) return;
        InteractionLog log = split.Log;
        bool users = split.HeldOut == HeldOut.Users;
        bool[] target = new bool[users ? log.UserTable.Count : log.ItemTable.Count];
        int Key(int p) => users ? log.UserAt(p) : log.ItemAt(p);
        for (int p = 0; p < log.Count; p++)
            if (IsTarget(split.RoleAt(p))) target[Key(p)] = true;
        int n = 0, first = -1;
        for (int p = 0; p < log.Count; p++)
        {
            if (split.RoleAt(p) != EventRole.Train || !target[Key(p)]) continue;
            n++;
            if (first < 0) first = Key(p);
        }
        if (n > 0)
            found.Add(new(LeakageKind.HeldOutInTrain, true, n,
                $"{Number(n)} training events are of {(users ? "users" : "items")} that were to be held out (first: '{(users ? log.UserTable : log.ItemTable)[first]}'): they are not new to the models."));
    }

    private static void Times(DataSplit split, List<LeakageWarning> found)
    {
        InteractionLog log = split.Log;
        long firstTarget = long.MaxValue;
        int untimedTargets = 0, untimedUnused = 0, targets = 0;
        for (int p = 0; p < log.Count; p++)
        {
            EventRole role = split.RoleAt(p);
            long t = log.TimeAt(p);
            if (role == EventRole.Unused && t == InteractionLog.NoTime) untimedUnused++;
            if (!IsTarget(role)) continue;
            targets++;
            if (t == InteractionLog.NoTime) untimedTargets++;
            else firstTarget = Math.Min(firstTarget, t);
        }
        if (untimedTargets > 0)
            found.Add(new(LeakageKind.UncertainOrder, split.Claim == TimeClaim.Global, untimedTargets,
                $"{Of(untimedTargets, targets)} targets have no time; the order of arrival stands for it, and whether the future reached the past cannot be checked."));
        if (split.Claim == TimeClaim.Global && untimedUnused > 0)
            found.Add(new(LeakageKind.UncertainOrder, false, untimedUnused, $"{Number(untimedUnused)} events have no time and were used for nothing."));

        int train = 0, later = 0, latest = -1;
        for (int p = 0; p < log.Count; p++)
        {
            if (split.RoleAt(p) != EventRole.Train || log.TimeAt(p) == InteractionLog.NoTime) continue;
            train++;
            if (log.TimeAt(p) <= firstTarget) continue;
            later++;
            if (latest < 0 || log.TimeAt(p) > log.TimeAt(latest)) latest = p;
        }
        if (later > 0)
        {
            string what = $"{Of(later, train)} training events are later than the earliest target ({Time(firstTarget)}; the latest training event is of {Time(log.TimeAt(latest))}): ";
            found.Add(split.Claim == TimeClaim.Global
                ? new(LeakageKind.GlobalFuture, true, later, what + "this split says that the training lies before the test, and it does not. Split by time, or say that it makes no promise about time.")
                : new(LeakageKind.GlobalFuture, false, later, what + "popularity and co-occurrence learnt from them know the future of other users. Compare models within this split only; for figures to expect in operation use a global time split."));
        }
        OwnFuture(split, found);
    }

    /// <summary>For each user, history events later than the user's own earliest target, and targets that only a tie keeps apart.</summary>
    private static void OwnFuture(DataSplit split, List<LeakageWarning> found)
    {
        InteractionLog log = split.Log;
        int later = 0, users = 0, tied = 0, withTargets = 0;
        string? example = null;
        for (int u = 0; u < log.UserTable.Count; u++)
        {
            long first = long.MaxValue, last = long.MinValue;
            int firstRank = int.MaxValue, rank = 0, mine = 0;
            ReadOnlySpan<int> positions = log.PositionsOf(u);
            foreach (int p in positions)
            {
                if (IsTarget(split.RoleAt(p)))
                {
                    firstRank = Math.Min(firstRank, rank);
                    if (log.TimeAt(p) != InteractionLog.NoTime) first = Math.Min(first, log.TimeAt(p));
                }
                rank++;
            }
            if (firstRank == int.MaxValue) continue;
            withTargets++;
            rank = 0;
            foreach (int p in positions)
            {
                bool history = IsHistory(split.RoleAt(p));
                long t = log.TimeAt(p);
                if (history && t != InteractionLog.NoTime)
                {
                    last = Math.Max(last, t);
                    if (t > first) mine++;
                }
                else if (history && first == long.MaxValue && rank > firstRank) mine++;   // nothing has a time: the order of arrival decides
                rank++;
            }
            if (last == first) tied++;
            if (mine == 0) continue;
            later += mine;
            users++;
            example ??= log.UserTable[u];
        }
        if (later > 0)
        {
            string what = $"{Number(users)} users have {Number(later)} training or history events later than their own earliest target (first: user '{example}'): ";
            found.Add(split.Claim == TimeClaim.None
                ? new(LeakageKind.OwnFuture, false, later, what + "models are asked for the past while they know the future. Fit for predicting ratings that are missing at random, not for what comes next.")
                : new(LeakageKind.OwnFuture, true, later, what + "this split says that each user's history comes before the targets, and it does not. A random split was perhaps taken for a split by time."));
        }
        if (tied > 0 && split.Claim != TimeClaim.None)
            found.Add(new(LeakageKind.UncertainOrder, false, tied,
                $"for {Of(tied, withTargets)} users the newest history event and the earliest target have the same time: which of them is the target rests on the order of the file. Compare only with figures made by a stable sort of the same file."));
    }

    private static void Unranked(DataSplit split, List<LeakageWarning> found)
    {
        int n = 0, targets = 0;
        for (int p = 0; p < split.Log.Count; p++)
        {
            if (!IsTarget(split.RoleAt(p))) continue;
            targets++;
            if (split.ItemIndexAt(p) < 0) n++;
        }
        if (n > 0)
            found.Add(new(LeakageKind.TargetNotRanked, false, n,
                $"{Of(n, targets)} targets are items that are not ranked (not in the catalog, or not among the candidates): they are left out, which no model gains from, but the figures cannot be compared with those over all items."));
    }

    private static string Of(int n, int all) =>
        string.Create(CultureInfo.InvariantCulture, $"{n:N0} of {all:N0} ({100.0 * n / Math.Max(all, 1):0.#} %)");

    private static string Number(int n) => n.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
