using System.Globalization;

namespace LlmRec;

/// <summary>A row that was not taken, and why.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line on which the row starts, from 1.</param>
/// <param name="Column">The column's name, or empty when the row as a whole is at fault.</param>
/// <param name="ColumnNumber">The column's number from 1, or 0 when the row as a whole is at fault.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record RejectedRow(string File, long Line, string Column, int ColumnNumber, string Reason)
{
    /// <summary>For example <c>ratings.csv, line 7, column 3 (rating): 'good' is not a number</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{File}, line {Line}{(ColumnNumber == 0 ? "" : $", column {ColumnNumber}{(Column.Length == 0 ? "" : $" ({Column})")}")}: {Reason}");
}
