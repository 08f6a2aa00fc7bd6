namespace LlmRec.Kernels;

/// <summary>
/// A row-major float32 matrix whose rows all start on a 64-byte boundary; the padding at the end of a row is zero, so a kernel
/// may read whole cache lines.
/// </summary>
/// <remarks>Reading from several threads is safe; writing is the owner's to order.</remarks>
public sealed class RowMatrix
{
    private const int FloatsPerLine = AlignedBuffer<float>.Alignment / sizeof(float);

    private readonly AlignedBuffer<float> _buffer;

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <param name="rows">Number of rows n, at least 0.</param>
    /// <param name="columns">Number of columns d, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range, or rows × stride is beyond what one array can hold (2³¹ elements).</exception>
    public RowMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Rows = rows;
        Columns = columns;
        Stride = checked((columns + FloatsPerLine - 1) / FloatsPerLine * FloatsPerLine);
        long elements = (long)rows * Stride;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elements, Array.MaxLength - FloatsPerLine, nameof(rows));
        _buffer = new AlignedBuffer<float>((int)elements);
    }

    /// <summary>Copies a packed row-major array.</summary>
    /// <param name="values">n × d values, row after row.</param>
    /// <param name="columns">Number of columns d; must divide the number of values.</param>
    /// <exception cref="ArgumentException">The number of values is not a multiple of <paramref name="columns"/>.</exception>
    public static RowMatrix From(ReadOnlySpan<float> values, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (values.Length % columns != 0)
            throw new ArgumentException($"{values.Length} values cannot be cut into rows of {columns}", nameof(values));
        var matrix = new RowMatrix(values.Length / columns, columns);
        for (int i = 0; i < matrix.Rows; i++)
            values.Slice(i * columns, columns).CopyTo(matrix.Row(i));
        return matrix;
    }

    /// <summary>Number of rows n.</summary>
    public int Rows { get; }

    /// <summary>Number of columns d.</summary>
    public int Columns { get; }

    /// <summary>Elements from the start of one row to the start of the next: d rounded up to a multiple of 16.</summary>
    public int Stride { get; }

    /// <summary>Row <paramref name="i"/>, d elements.</summary>
    public Span<float> Row(int i)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)Rows, nameof(i));
        return _buffer.Span.Slice(i * Stride, Columns);
    }

    /// <summary>All elements with their padding, n × stride.</summary>
    public Span<float> Padded => _buffer.Span;

    internal unsafe float* Pointer => _buffer.Pointer;
}
