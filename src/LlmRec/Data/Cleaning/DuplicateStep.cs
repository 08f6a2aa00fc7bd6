namespace LlmRec;

internal sealed class DuplicateStep(Keep keep, bool exact) : CleaningStep
{
    public override string ToString() => exact ? "no repeats" : $"one event a user and item, the {(keep == Keep.First ? "first" : "last")}";

    internal override int Apply(InteractionLog log, Span<int> positions, List<CleaningDrop> drops)
    {
        bool[] stays = exact ? FirstOfEach(log, positions) : OneOfEachPair(log, positions);
        int n = Compact(positions, stays, static (s, p) => s[p]);
        drops.Add(new(exact ? "equal to an earlier event" : keep == Keep.First ? "the user had the item before" : "the user has the item again later", positions.Length - n));
        return n;
    }

    private static bool[] FirstOfEach(InteractionLog log, ReadOnlySpan<int> positions)
    {
        var stays = new bool[log.Count];
        var seen = new HashSet<(int, int, InteractionKind, float, long, string?)>(positions.Length);
        foreach (int p in positions)
            stays[p] = seen.Add((log.UserAt(p), log.ItemAt(p), log.KindAt(p), log.ValueAt(p), log.TimeAt(p), log.TextAt(p)));
        return stays;
    }

    private bool[] OneOfEachPair(InteractionLog log, ReadOnlySpan<int> positions)
    {
        var stays = new bool[log.Count];
        foreach (int p in positions) stays[p] = true;
        var lastUser = new int[log.ItemTable.Count];   // by item: 1 + the last user met with it
        for (int u = 0; u < log.UserTable.Count; u++)
        {
            ReadOnlySpan<int> history = log.PositionsOf(u);
            for (int k = 0; k < history.Length; k++)
            {
                int p = history[keep == Keep.First ? k : history.Length - 1 - k];
                if (!stays[p]) continue;
                ref int user = ref lastUser[log.ItemAt(p)];
                if (user == u + 1) stays[p] = false;
                user = u + 1;
            }
        }
        return stays;
    }
}
