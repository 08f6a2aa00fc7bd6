namespace LlmRec;

/// <summary>What metrics need to know besides one user's list: how often items occur in the training, their categories, groups and vectors.</summary>
internal sealed class EvaluationWorld
{
    private readonly float[]?[]? _vectors;   // unit length; null where an item has none
    private readonly int[][]? _categories;

    public EvaluationWorld(DataSplit split, EvaluationOptions options)
    {
        ItemCount = split.Items.Count;
        InteractionLog log = split.Log;
        UsersOfItem = new int[ItemCount];
        EventsOfItem = new int[ItemCount];
        int[] lastUser = new int[ItemCount];
        Array.Fill(lastUser, -1);
        for (int u = 0; u < log.UserTable.Count; u++)
        {
            bool any = false;
            foreach (int p in log.PositionsOf(u))
            {
                if (split.RoleAt(p) != EventRole.Train || log.KindAt(p).IsNegative()) continue;
                any = true;
                int i = split.ItemIndexAt(p);
                if (i < 0) continue;
                EventsOfItem[i]++;
                if (lastUser[i] == u) continue;
                lastUser[i] = u;
                UsersOfItem[i]++;
            }
            if (any) TrainUsers++;
        }
        TrainEvents = EventsOfItem.Sum(c => (long)c);
        int[] distinct = [.. EventsOfItem.Where(c => c > 0).Distinct().OrderDescending()];
        PopularityRank = [.. EventsOfItem.Select(c => c == 0 ? 0 : Array.BinarySearch(distinct, c, Comparer<int>.Create((a, b) => b.CompareTo(a))) + 1)];

        if (split.Catalog is { } catalog)
        {
            var names = new StringTable();
            _categories = [.. split.Items.Select(id => catalog[id].Categories.Select(c => names.Add(c)).Distinct().Order().ToArray())];
            CategoryNames = names.Strings;
            if (names.Count == 0) _categories = null;
        }
        if (options.ItemVectors is { } vectors)
            _vectors = [.. split.Items.Select(id => Unit(vectors(id).Span))];
        if (options.ItemGroup is { } group)
        {
            var names = new StringTable();
            ItemGroups = [.. split.Items.Select(id => group(id) is { Length: > 0 } g ? names.Add(g) : -1)];
            ItemGroupNames = names.Strings;
        }
        if (options.UserGroup is { } userGroup)
        {
            var names = new StringTable();
            UserGroups = [.. log.Users.Select(id => userGroup(id) is { Length: > 0 } g ? names.Add(g) : -1)];
        }
    }

    public int ItemCount { get; }

    /// <summary>Distinct training users of each item.</summary>
    public int[] UsersOfItem { get; }

    /// <summary>Training events of each item.</summary>
    public int[] EventsOfItem { get; }

    public long TrainEvents { get; }

    public int TrainUsers { get; }

    /// <summary>Dense rank of the training count, 1 for the largest; 0 for an item never seen.</summary>
    public int[] PopularityRank { get; }

    public IReadOnlyList<string> CategoryNames { get; } = [];

    /// <summary>Group of each item, −1 for none; null when nobody asked for groups.</summary>
    public int[]? ItemGroups { get; }

    public IReadOnlyList<string> ItemGroupNames { get; } = [];

    /// <summary>Group of each user of the log, −1 for none; null when nobody asked for groups.</summary>
    public int[]? UserGroups { get; }

    public bool HasCategories => _categories is not null;

    public ReadOnlySpan<int> CategoriesOf(int item) => _categories is null ? [] : _categories[item];

    /// <summary>True when items can be compared: by their vectors, or else by their categories.</summary>
    public bool HasDistances => _vectors is not null || _categories is not null;

    /// <summary>1 − cosine of the vectors, or without vectors of the category indicators; an item without either is at distance 1 from all others.</summary>
    public double Distance(int a, int b)
    {
        if (_vectors is null)
        {
            int[] x = _categories![a], y = _categories[b];
            if (x.Length == 0 || y.Length == 0) return 1;
            int common = 0;
            for (int i = 0, j = 0; i < x.Length && j < y.Length;)
            {
                if (x[i] == y[j]) { common++; i++; j++; }
                else if (x[i] < y[j]) i++;
                else j++;
            }
            return 1 - common / Math.Sqrt((double)x.Length * y.Length);
        }
        if (_vectors[a] is not { } v || _vectors[b] is not { } w || v.Length != w.Length) return 1;
        double dot = 0;
        for (int d = 0; d < v.Length; d++) dot += (double)v[d] * w[d];
        return 1 - dot;
    }

    private static float[]? Unit(ReadOnlySpan<float> vector)
    {
        double norm = 0;
        foreach (float x in vector) norm += (double)x * x;
        if (!(norm > 0) || !double.IsFinite(norm)) return null;
        float[] unit = new float[vector.Length];
        double scale = 1 / Math.Sqrt(norm);
        for (int d = 0; d < unit.Length; d++) unit[d] = (float)(vector[d] * scale);
        return unit;
    }
}
