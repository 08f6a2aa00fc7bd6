using LlmRec.Kernels;

namespace LlmRec;

/// <summary>Which users took which catalog items, each pair once: the binary matrix X (users × items) of implicit feedback.</summary>
/// <remarks>Signs against an item and items outside the catalog are left out; users keep the numbers of the log. Immutable and thread-safe.</remarks>
internal sealed class PositivePairs
{
    private readonly StringTable _users;
    private readonly Dictionary<string, int> _items;

    private PositivePairs(StringTable users, Dictionary<string, int> items, string[] ids, SparseMatrix matrix)
    {
        _users = users;
        _items = items;
        Items = ids;
        Matrix = matrix;
    }

    /// <summary>Ids of the m items in catalog order.</summary>
    public string[] Items { get; }

    /// <summary>X (users, items), all values 1, columns of a row ascending.</summary>
    public SparseMatrix Matrix { get; }

    public static PositivePairs From(Catalog catalog, InteractionLog log)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(log);
        string[] ids = [.. catalog.Select(i => i.Id)];
        var index = new Dictionary<string, int>(ids.Length, StringComparer.Ordinal);
        for (int i = 0; i < ids.Length; i++) index.Add(ids[i], i);
        int[] column = [.. log.Items.Select(id => index.GetValueOrDefault(id, -1))];

        // the log may grow after the fit: the table of users is a copy
        var users = new StringTable();
        var starts = new int[log.Users.Count + 1];
        var columns = new List<int>();
        var row = new List<int>();
        for (int u = 0; u < log.Users.Count; u++)
        {
            users.Add(log.Users[u]);
            row.Clear();
            foreach (int p in log.PositionsOf(u))
                if (column[log.ItemAt(p)] is >= 0 and int i && !log.KindAt(p).IsNegative()) row.Add(i);
            row.Sort();
            for (int k = 0; k < row.Count; k++)
                if (k == 0 || row[k] != row[k - 1]) columns.Add(row[k]);
            starts[u + 1] = columns.Count;
        }
        float[] ones = new float[columns.Count];
        Array.Fill(ones, 1);
        return new(users, index, ids, new SparseMatrix(ids.Length, starts, [.. columns], ones));
    }

    /// <summary>The number of an item, or −1.</summary>
    public int IndexOf(string item) => _items.GetValueOrDefault(item, -1);

    /// <summary>The number of a training user, or −1.</summary>
    public int UserOf(string? id) => id is null ? -1 : _users.Find(id);

    /// <summary>What a user took: the training pairs of the id and the given history, each item once, ascending. Unknown items are ignored.</summary>
    public int[] HistoryOf(UserContext user)
    {
        int known = UserOf(user.Id);
        ReadOnlySpan<int> stored = known < 0 ? [] : Matrix.ColumnsOf(known);
        if (user.History.Count == 0) return stored.ToArray();
        var all = new HashSet<int>(stored.Length + user.History.Count);
        foreach (int i in stored) all.Add(i);
        foreach (Interaction e in user.History)
            if (!e.Kind.IsNegative() && _items.TryGetValue(e.Item, out int i)) all.Add(i);
        int[] history = [.. all];
        Array.Sort(history);
        return history;
    }
}
