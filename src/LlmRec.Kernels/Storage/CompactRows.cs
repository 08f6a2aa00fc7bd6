namespace LlmRec.Kernels;

/// <summary>Rows kept in a <see cref="RowFormat"/>: a smaller copy of a <see cref="RowMatrix"/> that is scanned faster.</summary>
/// <remarks>Reading from several threads is safe; writing is the owner's to order.</remarks>
public sealed class CompactRows
{
    /// <summary>Allocates zero rows.</summary>
    /// <param name="format">How values are kept.</param>
    /// <param name="rows">Number of rows n, at least 0.</param>
    /// <param name="columns">Number of columns d, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or the rows take more than one array can hold (2³¹ bytes).</exception>
    public CompactRows(RowFormat format, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * RowStore.Bytes(format, columns), Array.MaxLength - 2L * HugePages.Size, nameof(rows));
        Rows = rows;
        Columns = columns;
        Store = new RowStore(format, columns, rows);
    }

    /// <summary>Copies a matrix.</summary>
    /// <param name="rows">n × d, all finite.</param>
    /// <param name="format">How values are kept.</param>
    /// <exception cref="ArgumentException">A value is not finite or does not fit the format.</exception>
    public static CompactRows From(RowMatrix rows, RowFormat format)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var compact = new CompactRows(format, rows.Rows, rows.Columns);
        for (int i = 0; i < rows.Rows; i++) compact.Set(i, rows.Row(i));
        return compact;
    }

    /// <summary>How values are kept.</summary>
    public RowFormat Format => Store.Format;

    /// <summary>Number of rows n.</summary>
    public int Rows { get; }

    /// <summary>Number of columns d.</summary>
    public int Columns { get; }

    /// <summary>Bytes a row takes, padding and scale included.</summary>
    public int BytesPerRow => Store.RowBytes + (RowStore.HasScales(Format) ? sizeof(float) : 0);

    internal RowStore Store { get; }

    /// <summary>Stores a row.</summary>
    /// <param name="i">Its number, 0 to n − 1.</param>
    /// <param name="values">d finite values.</param>
    /// <exception cref="ArgumentException">The length is wrong, or a value is not finite or does not fit the format.</exception>
    public void Set(int i, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)Rows, nameof(i));
        if (values.Length != Columns)
            throw new ArgumentException($"row {i} has {values.Length} values, the rows have {Columns}", nameof(values));
        Similarity.ThrowIfNotFinite(values, nameof(values));
        if (!RowCoding.Fits(Format, values))
            throw new ArgumentException($"row {i} has a value beyond float16's range of ±65,504; scale the rows or choose {nameof(RowFormat.BFloat16)}", nameof(values));
        Store.Write(i, values);
    }

    /// <summary>Reads a row as the values its codes stand for.</summary>
    /// <param name="i">Its number, 0 to n − 1.</param>
    /// <param name="values">Receives d values; for <see cref="RowFormat.Sign"/> ±1/√d.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void Get(int i, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)Rows, nameof(i));
        if (values.Length != Columns)
            throw new ArgumentException($"the destination has {values.Length} values, the rows have {Columns}", nameof(values));
        Store.Read(i, values);
    }
}
