using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

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

    public static void VerifySlice(int ofRows, int ofColumns, int row, int column, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, ofRows - row);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, ofColumns - column);
    }

    public static void Verify(bool holds, string expectation, int rows, int columns, [CallerArgumentExpression(nameof(holds))] string? condition = null)
    {
        if (!holds) Throw(expectation, rows, columns, condition);
    }

    [DoesNotReturn]
    private static void Throw(string expectation, int rows, int columns, string? condition) =>
        throw new ArgumentException($"{expectation}; it is {rows} x {columns} ({condition})");
}
