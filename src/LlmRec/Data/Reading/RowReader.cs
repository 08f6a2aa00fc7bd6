namespace LlmRec;

/// <summary>Rows of a table, one at a time, as UTF-8. Whatever is wrong with the form of a row shows in <see cref="Problem"/>, and reading goes on.</summary>
internal abstract class RowReader : IAsyncDisposable
{
    /// <summary>Names of the columns; a JSON file may add some with any row.</summary>
    public List<string> Columns { get; } = [];

    /// <summary>True when columns come to light row by row.</summary>
    public abstract bool ColumnsGrow { get; }

    /// <summary>The line on which the row starts, from 1.</summary>
    public abstract long Line { get; }

    /// <summary>Why the row cannot be read at all, or null.</summary>
    public string? Problem { get; protected set; }

    /// <summary>The column of the problem, from 0, or −1 for the row as a whole.</summary>
    public int ProblemColumn { get; protected set; }

    /// <summary>Goes to the next row, well-formed or not; false at the end.</summary>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    public abstract CellKind KindOf(int column);

    /// <summary>The text of a cell that is <see cref="CellKind.Text"/> or <see cref="CellKind.Nested"/>; not checked to be UTF-8.</summary>
    public abstract ReadOnlySpan<byte> TextOf(int column);

    /// <summary>Number of elements of a <see cref="CellKind.List"/>.</summary>
    public abstract int ListCount(int column);

    /// <summary>An element of a <see cref="CellKind.List"/>.</summary>
    public abstract ReadOnlySpan<byte> ListItem(int column, int index);

    public abstract ValueTask DisposeAsync();

    public static async Task<RowReader> CreateAsync(InputFile file, TableReadOptions options, CancellationToken cancellationToken)
    {
        ReadOnlySpan<byte> start = file.Start.Span.TrimStart(" \t\r\n"u8);
        if (start.IsEmpty)
            throw new InvalidDataException($"'{file.Name}' is empty: a table needs at least a header line, or rows when the names of the columns are given in Header");
        return start[0] is (byte)'{' or (byte)'['
            ? new JsonRowReader(file, isArray: start[0] == '[')
            : await DelimitedRowReader.OpenAsync(file, options, cancellationToken).ConfigureAwait(false);
    }
}
