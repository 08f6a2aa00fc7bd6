namespace LlmRec.Kernels;

/// <summary>
/// A row-major float32 matrix that lies in somebody else's memory: rows of <see cref="Columns"/> values, <see cref="Stride"/>
/// elements from the start of one row to the start of the next. A head of an attention layer or a block of rows is such a view.
/// </summary>
public readonly ref struct ReadOnlyMatrixSpan
{
    /// <summary>Views <paramref name="values"/> as rows that follow each other without a gap.</summary>
    /// <param name="values">At least rows × columns elements.</param>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <exception cref="ArgumentException">A size is negative or <paramref name="values"/> is too short.</exception>
    public ReadOnlyMatrixSpan(ReadOnlySpan<float> values, int rows, int columns) : this(values, rows, columns, columns)
    {
    }

    /// <summary>Views <paramref name="values"/> as rows with a stride.</summary>
    /// <param name="values">At least (rows − 1) × stride + columns elements.</param>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <param name="stride">Elements from row to row, at least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentException">A size is out of range or <paramref name="values"/> is too short.</exception>
    public ReadOnlyMatrixSpan(ReadOnlySpan<float> values, int rows, int columns, int stride)
    {
        MatrixShape.Verify(values.Length, rows, columns, stride);
        Values = values;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>The memory from the first element on.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Elements from the start of one row to the start of the next.</summary>
    public int Stride { get; }

    /// <summary>Row <paramref name="i"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<float> Row(int i)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)Rows, nameof(i));
        return Values.Slice(i * Stride, Columns);
    }

    /// <summary>The part that starts at (<paramref name="row"/>, <paramref name="column"/>), with the same stride.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part reaches beyond the matrix.</exception>
    public ReadOnlyMatrixSpan Slice(int row, int column, int rows, int columns)
    {
        MatrixShape.VerifySlice(Rows, Columns, row, column, rows, columns);
        return rows == 0 || columns == 0 ? new([], rows, columns, Math.Max(Stride, columns)) : new(Values[(row * Stride + column)..], rows, columns, Stride);
    }

    /// <summary>The whole of a <see cref="RowMatrix"/>.</summary>
    public static implicit operator ReadOnlyMatrixSpan(RowMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return new(matrix.Padded, matrix.Rows, matrix.Columns, matrix.Stride);
    }

    /// <summary>A writable view, read.</summary>
    public static implicit operator ReadOnlyMatrixSpan(MatrixSpan matrix) => new(matrix.Values, matrix.Rows, matrix.Columns, matrix.Stride);
}
