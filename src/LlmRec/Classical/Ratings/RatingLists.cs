namespace LlmRec;

/// <summary>Ratings of one side: for each x (a user or an item) those it gave or got, in the order of arrival.</summary>
internal sealed class RatingLists
{
    private readonly int[] _starts;
    private readonly int[] _others;
    private readonly float[] _values;

    private RatingLists(int[] starts, int[] others, float[] values)
    {
        _starts = starts;
        _others = others;
        _values = values;
    }

    public int Count => _starts.Length - 1;

    public ReadOnlySpan<int> OthersOf(int x) => _others.AsSpan(_starts[x], _starts[x + 1] - _starts[x]);

    public ReadOnlySpan<float> ValuesOf(int x) => _values.AsSpan(_starts[x], _starts[x + 1] - _starts[x]);

    public static RatingLists ByUser(RatingRows rows)
    {
        int[] starts = new int[rows.Users + 1], others = new int[rows.Count];
        float[] values = new float[rows.Count];
        for (int u = 0; u < rows.Users; u++)
        {
            rows.ItemsOf(u).CopyTo(others.AsSpan(starts[u]));
            rows.ValuesOf(u).CopyTo(values.AsSpan(starts[u]));
            starts[u + 1] = starts[u] + rows.ItemsOf(u).Length;
        }
        return new(starts, others, values);
    }

    public static RatingLists ByItem(Training training, RatingRows rows)
    {
        InteractionLog log = training.Events;
        int[] user = [.. log.Users.Select(rows.UserOf)], item = [.. log.Items.Select(rows.ItemOf)], starts = new int[rows.Items + 1], others = new int[rows.Count];
        float[] values = new float[rows.Count];
        for (int u = 0; u < rows.Users; u++)
            foreach (int i in rows.ItemsOf(u)) starts[i + 1]++;
        for (int i = 0; i < rows.Items; i++) starts[i + 1] += starts[i];
        int[] next = starts[..^1];
        for (int p = 0; p < log.Count; p++)
        {
            if (log.KindAt(p) != InteractionKind.Rating || float.IsNaN(log.ValueAt(p))) continue;
            int to = next[item[log.ItemAt(p)]]++;
            others[to] = user[log.UserAt(p)];
            values[to] = log.ValueAt(p);
        }
        return new(starts, others, values);
    }
}
