using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Which users took which items, each pair once: the binary matrix X (users × items) of implicit feedback.</summary>
/// <remarks>Signs against an item are left out; users keep the numbers of the training. Immutable and thread-safe.</remarks>
internal sealed class PositivePairs
{
    private readonly int[] _counts;

    private PositivePairs(Training training, SparseMatrix matrix)
    {
        Training = training;
        Matrix = matrix;
        _counts = new int[training.Items.Length];
        for (int u = 0; u < matrix.Rows; u++)
            foreach (int i in matrix.ColumnsOf(u)) _counts[i]++;
    }

    public Training Training { get; }

    /// <summary>Ids of the m items.</summary>
    public string[] Items => Training.Items;

    /// <summary>X (users, items), all values 1, columns of a row ascending.</summary>
    public SparseMatrix Matrix { get; }

    public static PositivePairs From(Catalog catalog, InteractionLog log) => From(Training.From(catalog, log));

    public static PositivePairs From(Training training)
    {
        InteractionLog log = training.Events;
        int[] column = [.. log.Items.Select(training.IndexOf)];
        var starts = new int[log.Users.Count + 1];
        var columns = new List<int>();
        var row = new List<int>();
        for (int u = 0; u < log.Users.Count; u++)
        {
            row.Clear();
            foreach (int p in log.PositionsOf(u))
                if (!log.KindAt(p).IsNegative()) row.Add(column[log.ItemAt(p)]);
            row.Sort();
            for (int k = 0; k < row.Count; k++)
                if (k == 0 || row[k] != row[k - 1]) columns.Add(row[k]);
            starts[u + 1] = columns.Count;
        }
        float[] ones = new float[columns.Count];
        Array.Fill(ones, 1);
        return new(training, new SparseMatrix(training.Items.Length, starts, [.. columns], ones));
    }

    /// <summary>Whether anybody took the item.</summary>
    public bool Occurs(int item) => _counts[item] > 0;

    /// <summary>How many users took the item.</summary>
    public int CountOf(int item) => _counts[item];

    /// <summary>The number of an item, or −1.</summary>
    public int IndexOf(string item) => Training.IndexOf(item);

    /// <summary>The number of a training user, or −1.</summary>
    public int UserOf(string? id) => id is null ? -1 : Training.Events.UserTable.Find(id);

    /// <summary>What a user took: the training pairs of the id and the given history, each item once, ascending. Unknown items are ignored.</summary>
    public int[] HistoryOf(UserContext user)
    {
        int known = UserOf(user.Id);
        ReadOnlySpan<int> stored = known < 0 ? [] : Matrix.ColumnsOf(known);
        if (user.History.Count == 0) return stored.ToArray();
        var all = new HashSet<int>(stored.Length + user.History.Count);
        foreach (int i in stored) all.Add(i);
        foreach (Interaction e in user.History)
            if (!e.Kind.IsNegative() && IndexOf(e.Item) is >= 0 and int i) all.Add(i);
        int[] history = [.. all];
        Array.Sort(history);
        return history;
    }

    /// <summary>All items of some users of this training or of another with the same items, ascending.</summary>
    public static int[] ItemsOf(IEnumerable<(PositivePairs Pairs, string User)> users)
    {
        var items = new SortedSet<int>();
        foreach ((PositivePairs pairs, string user) in users)
            if (pairs.UserOf(user) is >= 0 and int u)
                foreach (int i in pairs.Matrix.ColumnsOf(u)) items.Add(i);
        return [.. items];
    }
}
