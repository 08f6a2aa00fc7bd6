namespace LlmRec.Kernels;

/// <summary>Checks of sizes, in one place so that every product complains in the same words.</summary>
internal static class MatrixShape
{
    public static void Verify(int length, int rows, int columns, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        if (rows == 0 || columns == 0) return;
        long needed = (long)(rows - 1) * stride + columns;
        if (length < needed)
            throw new ArgumentException($"{rows} rows of {columns} with stride {stride} need {needed} elements, there are {length}");
    }

    public static void VerifyBatch(int length, int count, int distance, int rows, int columns, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(distance);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        if (count == 0 || rows == 0 || columns == 0) return;
        long needed = (long)(count - 1) * distance + (long)(rows - 1) * stride + columns;
        if (length < needed)
            throw new ArgumentException($"{count} matrices of {rows} x {columns} at a distance of {distance} with stride {stride} need {needed} elements, there are {length}");
    }

    public static int HeadColumns(int columns, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return columns % count == 0 ? columns / count : throw new ArgumentException($"{columns} columns cannot be divided into {count} heads");
    }

    public static void VerifySlice(int ofRows, int ofColumns, int row, int column, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, ofRows - row);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, ofColumns - column);
    }
}
