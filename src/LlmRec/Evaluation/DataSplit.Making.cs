using System.Globalization;

namespace LlmRec;

public sealed partial class DataSplit
{
    /// <summary>Each user's last event is the test, the last but one the validation, the rest the training.</summary>
    /// <param name="log">The events. Signs against an item (skips, dislikes) are never targets; those before the validation event stay in the training.</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <returns>A split in which users with fewer than three positive events have no targets and serve the training only.</returns>
    /// <remarks>The usual protocol of the literature. It leaks over users: other users' later events are in the training; see <see cref="Warnings"/>.</remarks>
    public static DataSplit LeaveLastOut(InteractionLog log, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        var roles = new EventRole[log.Count];
        Array.Fill(roles, EventRole.Train);
        for (int u = 0; u < log.UserTable.Count; u++)
        {
            ReadOnlySpan<int> positions = log.PositionsOf(u);
            int positive = 0, valid = -1, test = -1;
            foreach (int p in positions)
            {
                if (log.KindAt(p).IsNegative()) continue;
                positive++;
                valid = test;
                test = p;
            }
            if (positive < 3) continue;
            // What a user passed over after a target comes from the target's future, so it may teach nothing.
            for (int i = positions.IndexOf(valid); i < positions.Length; i++) roles[positions[i]] = EventRole.Unused;
            roles[valid] = EventRole.Validation;
            roles[test] = EventRole.Test;
        }
        return new("leave last out", log, catalog, roles, TimeClaim.WithinUser,
            "Per user, the last event is the test and the last but one the validation, by time with a stable sort.");
    }

    /// <summary>Everything before one moment is training, everything from another moment on is test, what lies between is validation.</summary>
    /// <param name="log">The events; those without a time are used for nothing, and counted in the warnings.</param>
    /// <param name="testFrom">First moment of the test.</param>
    /// <param name="validationFrom">First moment of the validation, at most <paramref name="testFrom"/>; <see langword="null"/> for no validation.</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <exception cref="ArgumentException"><paramref name="validationFrom"/> is after <paramref name="testFrom"/>.</exception>
    public static DataSplit GlobalTime(InteractionLog log, DateTimeOffset testFrom, DateTimeOffset? validationFrom = null, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (validationFrom > testFrom)
            throw new ArgumentException($"the validation starts at {validationFrom:u}, after the test at {testFrom:u}: give an earlier moment", nameof(validationFrom));
        long test = testFrom.ToUnixTimeMilliseconds(), validation = (validationFrom ?? testFrom).ToUnixTimeMilliseconds();
        var roles = new EventRole[log.Count];
        for (int p = 0; p < roles.Length; p++)
        {
            long t = log.TimeAt(p);
            if (t == InteractionLog.NoTime) continue;
            roles[p] = t < validation ? EventRole.Train : log.KindAt(p).IsNegative() ? EventRole.Unused : t < test ? EventRole.Validation : EventRole.Test;
        }
        string between = validationFrom is { } v ? $"from {v.UtcDateTime:yyyy-MM-dd HH:mm} validation, " : "";
        return new("global time", log, catalog, roles, TimeClaim.Global,
            string.Create(CultureInfo.InvariantCulture, $"Everything before is training, {between}from {testFrom.UtcDateTime:yyyy-MM-dd HH:mm} (UTC) on test."));
    }

    /// <summary>A global time split that gives the newest events to test and validation.</summary>
    /// <param name="log">The events, with times.</param>
    /// <param name="testShare">Share of the timed events from the test's first moment on, in (0, 1); events of that very moment all go to the test.</param>
    /// <param name="validationShare">Share between training and test, in [0, 1).</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is outside its range, or nothing is left for the training.</exception>
    /// <exception cref="ArgumentException">No event has a time.</exception>
    public static DataSplit GlobalTime(InteractionLog log, double testShare, double validationShare = 0, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (!(testShare > 0 && testShare < 1)) throw new ArgumentOutOfRangeException(nameof(testShare), testShare, "the test's share must lie between 0 and 1");
        if (!(validationShare >= 0 && testShare + validationShare < 1)) throw new ArgumentOutOfRangeException(nameof(validationShare), validationShare, "test and validation together must leave something for the training");
        var times = new List<long>();
        for (int p = 0; p < log.Count; p++)
            if (log.TimeAt(p) is var t and not InteractionLog.NoTime) times.Add(t);
        if (times.Count == 0) throw new ArgumentException("no event has a time: a split by time needs them; use leave last out, which falls back on the order of arrival", nameof(log));
        times.Sort();
        DateTimeOffset At(double share) => DateTimeOffset.FromUnixTimeMilliseconds(times[Math.Clamp((int)(times.Count * (1 - share)), 0, times.Count - 1)]);
        return GlobalTime(log, At(testShare), validationShare > 0 ? At(testShare + validationShare) : null, catalog);
    }

    /// <summary>Several global time splits that move forward (prequential evaluation): each tests on a window of time and trains on all that came before it.</summary>
    /// <param name="log">The events, with times.</param>
    /// <param name="windows">Number of windows, at least 1.</param>
    /// <param name="testShare">Share of the timed events, the newest ones, that the windows cover together, each with about as many events, in (0, 1).</param>
    /// <param name="withValidation">Whether as many events before each window are its validation instead of training.</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range, or nothing is left for the first training.</exception>
    /// <exception cref="ArgumentException">No event has a time.</exception>
    public static IReadOnlyList<DataSplit> TimeWindows(InteractionLog log, int windows = 5, double testShare = 0.5, bool withValidation = false, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentOutOfRangeException.ThrowIfLessThan(windows, 1);
        double width = testShare / windows;
        if (!(testShare > 0 && testShare + (withValidation ? width : 0) < 1)) throw new ArgumentOutOfRangeException(nameof(testShare), testShare, "the windows must leave something for the first training");
        long[] times = [.. Enumerable.Range(0, log.Count).Select(log.TimeAt).Where(t => t != InteractionLog.NoTime).Order()];
        if (times.Length == 0) throw new ArgumentException("no event has a time: a split by time needs them", nameof(log));
        long At(double share) => times[Math.Clamp((int)Math.Round(times.Length * share), 0, times.Length - 1)];
        return [.. Enumerable.Range(0, windows).Select(w =>
        {
            double start = 1 - testShare + w * width;
            long from = At(start), validation = withValidation ? At(start - width) : from, to = w + 1 == windows ? long.MaxValue : At(start + width);
            var roles = new EventRole[log.Count];
            for (int p = 0; p < roles.Length; p++)
            {
                long t = log.TimeAt(p);
                if (t == InteractionLog.NoTime || t >= to) continue;
                roles[p] = t < validation ? EventRole.Train : log.KindAt(p).IsNegative() ? EventRole.Unused : t < from ? EventRole.Validation : EventRole.Test;
            }
            return new DataSplit($"window {w + 1} of {windows}", log, catalog, roles, TimeClaim.Global,
                string.Create(CultureInfo.InvariantCulture, $"Tested on the events from {DateTimeOffset.FromUnixTimeMilliseconds(from).UtcDateTime:yyyy-MM-dd HH:mm} (UTC) until the next window, trained on all before{(withValidation ? " its validation" : "")}."));
        })];
    }

    /// <summary>A split of one's own.</summary>
    /// <param name="name">A short name.</param>
    /// <param name="log">The events.</param>
    /// <param name="role">The role of each event, from its position in the log and the event.</param>
    /// <param name="claim">What the split promises about time; the leakage check holds it to that.</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <param name="heldOut">Whether the users or the items of the targets are promised to be new.</param>
    public static DataSplit FromRoles(string name, InteractionLog log, Func<int, Interaction, EventRole> role, TimeClaim claim = TimeClaim.None, Catalog? catalog = null, HeldOut heldOut = HeldOut.Nothing)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(role);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var roles = new EventRole[log.Count];
        for (int p = 0; p < roles.Length; p++) roles[p] = role(p, log[p]);
        return new(name, log, catalog, roles, claim, "Roles given by the caller.", heldOut: heldOut);
    }

    /// <summary>A split that came as separate logs, as published folds do.</summary>
    /// <param name="train">Training events; they come before the others where there are no times.</param>
    /// <param name="test">Test events.</param>
    /// <param name="validation">Validation events, or <see langword="null"/>.</param>
    /// <param name="claim">What the split promises about time.</param>
    /// <param name="catalog">The items to rank; without one, all items of the logs.</param>
    /// <param name="name">A short name.</param>
    public static DataSplit FromLogs(InteractionLog train, InteractionLog test, InteractionLog? validation = null, TimeClaim claim = TimeClaim.None, Catalog? catalog = null, string name = "given logs")
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        var log = new InteractionLog();
        var roles = new EventRole[train.Count + (validation?.Count ?? 0) + test.Count];
        Append(train, EventRole.Train);
        if (validation is not null) Append(validation, EventRole.Validation);
        Append(test, EventRole.Test);
        return new(name, log, catalog, roles, claim, "Training and test were given as separate logs.");

        void Append(InteractionLog from, EventRole role)
        {
            for (int p = 0; p < from.Count; p++)
            {
                roles[log.Count] = role;
                log.AddRow(log.UserTable.Add(from.UserTable[from.UserAt(p)]), log.ItemTable.Add(from.ItemTable[from.ItemAt(p)]), from.KindAt(p), from.ValueAt(p), from.TimeAt(p), from.TextAt(p));
            }
        }
    }
}
