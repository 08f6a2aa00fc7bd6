using System.Globalization;

namespace LlmRec;

public sealed partial class DataSplit
{
    /// <summary>k splits; in each another random part of the events is the test and the rest the training (weak generalisation, for ratings missing at random).</summary>
    /// <param name="log">The events.</param>
    /// <param name="folds">Number of parts, at least 2.</param>
    /// <param name="seed">Seed of the parting.</param>
    /// <param name="withValidation">Whether the part after the test's is the validation instead of training; then at least three folds.</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <remarks>It makes no promise about time: models are asked for the past while they know the future, and <see cref="Warnings"/> say how often.</remarks>
    public static IReadOnlyList<DataSplit> KFold(InteractionLog log, int folds = 5, int seed = 1, bool withValidation = false, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, withValidation ? 3 : 2);
        int[] order = Shuffled(log.Count, seed);
        int[] foldOf = new int[log.Count];
        for (int i = 0; i < order.Length; i++) foldOf[order[i]] = (int)((long)i * folds / order.Length);
        return [.. Enumerable.Range(0, folds).Select(f =>
        {
            var roles = new EventRole[log.Count];
            for (int p = 0; p < roles.Length; p++)
            {
                EventRole role = foldOf[p] == f ? EventRole.Test : withValidation && foldOf[p] == (f + 1) % folds ? EventRole.Validation : EventRole.Train;
                roles[p] = role != EventRole.Train && log.KindAt(p).IsNegative() ? EventRole.Unused : role;
            }
            return new DataSplit($"fold {f + 1} of {folds}", log, catalog, roles, TimeClaim.None,
                $"A random part of the events is the test{(withValidation ? ", the next one the validation" : "")} (seed {seed}).");
        })];
    }

    /// <summary>Users held out as a whole (strong generalisation): models are fitted on other users, see the older part of a held-out history, and are asked for the newer.</summary>
    /// <param name="log">The events.</param>
    /// <param name="testShare">Share of the users held out for the test, in (0, 1).</param>
    /// <param name="validationShare">Share of the users held out for the validation, in [0, 1).</param>
    /// <param name="targetShare">Share of a held-out user's positive events that are targets, the newest ones, in (0, 1); at least one.</param>
    /// <param name="seed">Seed of the choice of users.</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is outside its range, or no user is left for the training.</exception>
    /// <remarks>Only users with at least two positive events are held out.</remarks>
    public static DataSplit UserHoldOut(InteractionLog log, double testShare = 0.1, double validationShare = 0.1, double targetShare = 0.2, int seed = 1, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        CheckShares(testShare, validationShare);
        if (!(targetShare > 0 && targetShare < 1)) throw new ArgumentOutOfRangeException(nameof(targetShare), targetShare, "the share of targets must lie between 0 and 1");
        var roles = new EventRole[log.Count];
        Array.Fill(roles, EventRole.Train);
        foreach ((int user, EventRole target) in HoldOutUsers(log, testShare, validationShare, seed, atLeast: 2))
        {
            int positive = Positive(log, user), targets = Math.Clamp((int)Math.Round(positive * targetShare), 1, positive - 1);
            Part(log, user, roles, positive - targets, target);
        }
        return new("user hold-out", log, catalog, roles, TimeClaim.WithinUser,
            string.Create(CultureInfo.InvariantCulture, $"Held out as a whole: {testShare * 100:0.#} % of the users for the test, {validationShare * 100:0.#} % for the validation (seed {seed}); the newest {targetShare * 100:0.#} % of their events are the targets."), heldOut: HeldOut.Users);
    }

    /// <summary>New users: models are fitted on other users, see only the first few events of a held-out one, or none, and are asked for all that follow.</summary>
    /// <param name="log">The events.</param>
    /// <param name="historyEvents">Number of positive events given as history, at least 0.</param>
    /// <param name="testShare">Share of the users held out for the test, in (0, 1).</param>
    /// <param name="validationShare">Share of the users held out for the validation, in [0, 1).</param>
    /// <param name="seed">Seed of the choice of users.</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>Only users with more than <paramref name="historyEvents"/> positive events are held out.</remarks>
    public static DataSplit ColdUsers(InteractionLog log, int historyEvents = 0, double testShare = 0.1, double validationShare = 0.1, int seed = 1, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentOutOfRangeException.ThrowIfNegative(historyEvents);
        CheckShares(testShare, validationShare);
        var roles = new EventRole[log.Count];
        Array.Fill(roles, EventRole.Train);
        foreach ((int user, EventRole target) in HoldOutUsers(log, testShare, validationShare, seed, atLeast: historyEvents + 1))
            Part(log, user, roles, historyEvents, target);
        return new("cold users", log, catalog, roles, TimeClaim.WithinUser,
            string.Create(CultureInfo.InvariantCulture, $"Held out as a whole: {testShare * 100:0.#} % of the users for the test, {validationShare * 100:0.#} % for the validation (seed {seed}); {historyEvents} events of each are known, all that follow are the targets."),
            heldOut: HeldOut.Users, mostHistory: historyEvents);
    }

    /// <summary>New items: all events of some items are taken out of the training and are the targets.</summary>
    /// <param name="log">The events.</param>
    /// <param name="testShare">Share of the items that occur held out for the test, in (0, 1).</param>
    /// <param name="validationShare">Share held out for the validation, in [0, 1).</param>
    /// <param name="rankOnlyCold">Whether only held-out items are ranked (which of the new items?), or all items (do new ones get a chance at all?). Default: only those.</param>
    /// <param name="seed">Seed of the choice of items.</param>
    /// <param name="catalog">The items to rank; without one, all items of the log.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is outside its range.</exception>
    /// <remarks>It makes no promise about time: a target may be older than events of the history.</remarks>
    public static DataSplit ColdItems(InteractionLog log, double testShare = 0.1, double validationShare = 0.1, bool rankOnlyCold = true, int seed = 1, Catalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        CheckShares(testShare, validationShare);
        int n = log.ItemTable.Count;
        int[] order = Shuffled(n, seed);
        var roleOf = new EventRole[n];
        Array.Fill(roleOf, EventRole.Train);
        int test = AtLeastOne(n, testShare), validation = AtLeastOne(n, validationShare);
        for (int i = 0; i < Math.Min(test + validation, n); i++) roleOf[order[i]] = i < test ? EventRole.Test : EventRole.Validation;
        var roles = new EventRole[log.Count];
        for (int p = 0; p < roles.Length; p++)
        {
            EventRole role = roleOf[log.ItemAt(p)];
            roles[p] = role != EventRole.Train && log.KindAt(p).IsNegative() ? EventRole.Unused : role;
        }
        var cold = order.Take(test + validation).Select(i => log.ItemTable[i]).ToHashSet(StringComparer.Ordinal);
        return new("cold items", log, catalog, roles, TimeClaim.None,
            string.Create(CultureInfo.InvariantCulture, $"All events of {testShare * 100:0.#} % of the items are the test, of {validationShare * 100:0.#} % the validation (seed {seed}); {(rankOnlyCold ? "only those items are ranked" : "all items are ranked")}."),
            rankOnlyCold ? cold : null, HeldOut.Items);
    }

    private static IEnumerable<(int User, EventRole Target)> HoldOutUsers(InteractionLog log, double testShare, double validationShare, int seed, int atLeast)
    {
        int[] users = [.. Shuffled(log.UserTable.Count, seed).Where(u => Positive(log, u) >= atLeast)];
        int test = AtLeastOne(users.Length, testShare), validation = AtLeastOne(users.Length, validationShare);
        for (int i = 0; i < Math.Min(test + validation, users.Length); i++) yield return (users[i], i < test ? EventRole.Test : EventRole.Validation);
    }

    /// <summary>The first positive events of a user, and the signs against items before the first target, are context; later positive ones are targets.</summary>
    private static void Part(InteractionLog log, int user, EventRole[] roles, int context, EventRole target)
    {
        int seen = 0;
        foreach (int p in log.PositionsOf(user))
        {
            bool negative = log.KindAt(p).IsNegative();
            roles[p] = seen < context ? EventRole.Context : negative ? EventRole.Unused : target;
            if (!negative) seen++;
        }
    }

    private static int Positive(InteractionLog log, int user)
    {
        int n = 0;
        foreach (int p in log.PositionsOf(user))
            if (!log.KindAt(p).IsNegative()) n++;
        return n;
    }

    private static int AtLeastOne(int n, double share) => share > 0 && n > 0 ? Math.Max(1, (int)Math.Round(n * share)) : 0;

    private static void CheckShares(double testShare, double validationShare)
    {
        if (!(testShare > 0 && testShare < 1)) throw new ArgumentOutOfRangeException(nameof(testShare), testShare, "the test's share must lie between 0 and 1");
        if (!(validationShare >= 0 && testShare + validationShare < 1)) throw new ArgumentOutOfRangeException(nameof(validationShare), validationShare, "test and validation together must leave something for the training");
    }

    /// <summary>0 … n − 1 in an order that depends on the seed only (Fisher–Yates).</summary>
    private static int[] Shuffled(int n, int seed)
    {
        int[] order = [.. Enumerable.Range(0, n)];
        SplitMix random = SplitMix.Of(seed, 0);
        for (int i = n - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
