namespace LlmRec.Kernels;

/// <summary>A sparse float32 matrix in compressed rows (CSR): row i holds the entries <c>RowStarts[i] ≤ e &lt; RowStarts[i + 1]</c>.</summary>
/// <remarks>Immutable as long as nobody writes to the arrays it was given; then thread-safe. At most 2³¹ − 1 entries.</remarks>
public sealed class SparseMatrix
{
    private readonly int[] _rowStarts;
    private readonly int[] _columnIndices;
    private readonly float[] _values;

    /// <summary>Wraps arrays without copying them.</summary>
    /// <param name="columns">Number of columns m, at least 0.</param>
    /// <param name="rowStarts">n + 1 positions, from 0 to the number of entries, never falling.</param>
    /// <param name="columnIndices">Column of each entry, below m; distinct within a row.</param>
    /// <param name="values">Value of each entry, finite.</param>
    /// <exception cref="ArgumentException">The arrays contradict each other, or a column or value is out of range; the message says where.</exception>
    public SparseMatrix(int columns, int[] rowStarts, int[] columnIndices, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentNullException.ThrowIfNull(rowStarts);
        ArgumentNullException.ThrowIfNull(columnIndices);
        ArgumentNullException.ThrowIfNull(values);
        if (rowStarts.Length == 0 || rowStarts[0] != 0)
            throw new ArgumentException("the first row must start at entry 0", nameof(rowStarts));
        for (int i = 1; i < rowStarts.Length; i++)
            if (rowStarts[i] < rowStarts[i - 1])
                throw new ArgumentException($"row {i - 1} ends at entry {rowStarts[i]}, before it starts ({rowStarts[i - 1]})", nameof(rowStarts));
        int entries = rowStarts[^1];
        if (columnIndices.Length < entries || values.Length < entries)
            throw new ArgumentException($"the rows need {entries} entries, but there are {columnIndices.Length} columns and {values.Length} values", nameof(values));
        for (int e = 0; e < entries; e++)
        {
            if ((uint)columnIndices[e] >= (uint)columns)
                throw new ArgumentException($"entry {e} lies in column {columnIndices[e]}, but there are {columns} columns", nameof(columnIndices));
            if (!float.IsFinite(values[e]))
                throw new ArgumentException($"entry {e} is {values[e]}; values must be finite", nameof(values));
        }
        Columns = columns;
        _rowStarts = rowStarts;
        _columnIndices = columnIndices;
        _values = values;
    }

    private SparseMatrix(int[] rowStarts, int[] columnIndices, float[] values, int columns)
    {
        Columns = columns;
        _rowStarts = rowStarts;
        _columnIndices = columnIndices;
        _values = values;
    }

    /// <summary>Number of rows n.</summary>
    public int Rows => _rowStarts.Length - 1;

    /// <summary>Number of columns m.</summary>
    public int Columns { get; }

    /// <summary>Number of stored entries.</summary>
    public int Entries => _rowStarts[^1];

    /// <summary>n + 1 positions of the rows' first entries.</summary>
    public ReadOnlySpan<int> RowStarts => _rowStarts;

    /// <summary>Columns of the entries of row <paramref name="i"/>.</summary>
    public ReadOnlySpan<int> ColumnsOf(int i) => _columnIndices.AsSpan(_rowStarts[i], _rowStarts[i + 1] - _rowStarts[i]);

    /// <summary>Values of the entries of row <paramref name="i"/>.</summary>
    public ReadOnlySpan<float> ValuesOf(int i) => _values.AsSpan(_rowStarts[i], _rowStarts[i + 1] - _rowStarts[i]);

    /// <summary>The transpose, its rows in ascending order of column. O(entries + n + m).</summary>
    public SparseMatrix Transpose()
    {
        int n = Rows, m = Columns, entries = Entries;
        int[] starts = new int[m + 1], rows = new int[entries];
        var values = new float[entries];
        for (int e = 0; e < entries; e++) starts[_columnIndices[e] + 1]++;
        for (int j = 0; j < m; j++) starts[j + 1] += starts[j];
        int[] next = starts.AsSpan(0, m).ToArray();
        for (int i = 0; i < n; i++)
        {
            for (int e = _rowStarts[i]; e < _rowStarts[i + 1]; e++)
            {
                int to = next[_columnIndices[e]]++;
                rows[to] = i;
                values[to] = _values[e];
            }
        }
        return new SparseMatrix(starts, rows, values, n);
    }
}
