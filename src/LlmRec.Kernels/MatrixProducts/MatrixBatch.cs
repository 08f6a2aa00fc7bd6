namespace LlmRec.Kernels;

/// <summary>
/// Writable equal matrices at equal distances in one memory: the heads of an attention layer, interleaved (rows of all heads' values, a head
/// every d columns) or one after the other.
/// </summary>
public readonly ref struct MatrixBatch
{
    /// <summary>Views <paramref name="values"/> as <paramref name="count"/> matrices.</summary>
    /// <param name="values">At least (count − 1) × distance + (rows − 1) × stride + columns elements.</param>
    /// <param name="count">Number of matrices, at least 0.</param>
    /// <param name="distance">Elements from the start of one matrix to the start of the next, below the stride for interleaved heads. The matrices must not overlap.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    /// <param name="stride">Elements from row to row, at least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentException">A size is out of range or <paramref name="values"/> is too short.</exception>
    public MatrixBatch(Span<float> values, int count, int distance, int rows, int columns, int stride)
    {
        MatrixShape.VerifyBatch(values.Length, count, distance, rows, columns, stride);
        Values = values;
        Count = count;
        Distance = distance;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>The heads of rows that hold them side by side: head h is the columns h · columns / count onwards.</summary>
    /// <param name="rows">Rows (t, count · d).</param>
    /// <param name="count">Number of heads; must divide the columns.</param>
    /// <exception cref="ArgumentException">The columns cannot be divided.</exception>
    public static MatrixBatch Heads(MatrixSpan rows, int count)
    {
        int d = MatrixShape.HeadColumns(rows.Columns, count);
        return new(rows.Values, count, d, rows.Rows, d, rows.Stride);
    }

    /// <summary>The memory from the first element of the first matrix on.</summary>
    public Span<float> Values { get; }

    /// <summary>Number of matrices.</summary>
    public int Count { get; }

    /// <summary>Elements from matrix to matrix.</summary>
    public int Distance { get; }

    /// <summary>Rows of each.</summary>
    public int Rows { get; }

    /// <summary>Columns of each.</summary>
    public int Columns { get; }

    /// <summary>Elements from row to row.</summary>
    public int Stride { get; }

    /// <summary>Matrix <paramref name="i"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such matrix.</exception>
    public MatrixSpan this[int i]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)Count, nameof(i));
            return new(Values[Math.Min(Values.Length, i * Distance)..], Rows, Columns, Stride);
        }
    }
}
