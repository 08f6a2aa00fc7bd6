namespace LlmRec;

/// <summary>The positive events of a log on known items, user after user, oldest first, and where each item occurs.</summary>
internal sealed class Histories
{
    private readonly int[] _userStart;
    private readonly int[] _userAt;
    private readonly int[] _distinct;
    private readonly bool[] _first;
    private readonly int[] _occurrenceStart;
    private readonly int[] _occurrences;
    private readonly int[] _position;   // in the log
    private readonly InteractionLog _log;

    public Histories(Catalog catalog, InteractionLog log)
    {
        _log = log;
        int users = log.UserTable.Count, handles = catalog.HandleCount;
        int[] handleOf = HandlesOf(catalog, log);

        Items = new int[log.Count];
        _position = new int[log.Count];
        _userAt = new int[log.Count];
        _first = new bool[log.Count];
        _userStart = new int[users + 1];
        _distinct = new int[users];
        int[] lastUser = new int[handles];
        lastUser.AsSpan().Fill(-1);
        int n = 0;
        for (int u = 0; u < users; u++)
        {
            foreach (int p in log.PositionsOf(u))
            {
                int item = handleOf[log.ItemAt(p)];
                if (item < 0 || log.KindAt(p).IsNegative()) continue;
                (Items[n], _position[n], _userAt[n]) = (item, p, u);
                if (_first[n] = lastUser[item] != u) _distinct[u]++;
                lastUser[item] = u;
                n++;
            }
            _userStart[u + 1] = n;
        }

        _occurrenceStart = new int[handles + 1];
        for (int p = 0; p < n; p++) _occurrenceStart[Items[p] + 1]++;
        for (int h = 0; h < handles; h++) _occurrenceStart[h + 1] += _occurrenceStart[h];
        _occurrences = new int[n];
        int[] next = _occurrenceStart.AsSpan(0, handles).ToArray();
        for (int p = 0; p < n; p++) _occurrences[next[Items[p]]++] = p;
    }

    public int Users => _distinct.Length;

    /// <summary>The item at each place.</summary>
    public int[] Items { get; }

    public (int Start, int End) RangeOf(int user) => (_userStart[user], _userStart[user + 1]);

    public int UserAt(int place) => _userAt[place];

    /// <summary>Number of different items in a user's history.</summary>
    public int DistinctOf(int user) => _distinct[user];

    /// <summary>True where a user's history has the item of this place for the first time.</summary>
    public bool IsFirst(int place) => _first[place];

    public long TimeAt(int place) => _log.TimeAt(_position[place]);

    /// <summary>Places of an item, ascending.</summary>
    public ReadOnlySpan<int> OccurrencesOf(int item) => _occurrences.AsSpan(_occurrenceStart[item], _occurrenceStart[item + 1] - _occurrenceStart[item]);

    /// <summary>The handle of each item of the log, −1 where the catalog has none.</summary>
    public static int[] HandlesOf(Catalog catalog, InteractionLog log)
    {
        var handles = new int[log.ItemTable.Count];
        for (int i = 0; i < handles.Length; i++) handles[i] = catalog.HandleOf(log.ItemTable[i]);
        return handles;
    }
}
