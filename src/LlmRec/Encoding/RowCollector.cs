namespace LlmRec;

/// <summary>Grows the three arrays of a sparse matrix row by row.</summary>
internal sealed class RowCollector
{
    private readonly List<int> _starts = [0];
    private int _entries;

    public int[] Starts => [.. _starts];

    public int[] Columns { get; private set; } = new int[1024];

    public float[] Values { get; private set; } = new float[1024];

    public void Add(ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        long needed = _entries + (long)columns.Length;
        if (needed > Array.MaxLength)
            throw new InvalidOperationException("the rows are beyond two billion entries: work on fewer documents at a time");
        if (needed > Columns.Length)
        {
            int length = (int)Math.Min(Array.MaxLength, Math.Max(needed, Columns.Length * 2L));
            (int[] c, float[] v) = (Columns, Values);
            Array.Resize(ref c, length);
            Array.Resize(ref v, length);
            (Columns, Values) = (c, v);
        }
        columns.CopyTo(Columns.AsSpan(_entries));
        values.CopyTo(Values.AsSpan(_entries));
        _entries = (int)needed;
        _starts.Add(_entries);
    }
}
