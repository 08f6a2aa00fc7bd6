namespace LlmRec;

/// <summary>What importing items and importing events have in common: going through the rows, decoding cells, rejecting.</summary>
internal abstract class RowImport(InputFile file, RowReader rows, ColumnRoles roles, TableReadOptions options)
{
    private const int ReportEvery = 1 << 16;

    private readonly Rejections _rejections = new(file.Name, options);
    private readonly Utf16Buffer _buffer = new();

    protected RowReader Rows => rows;

    protected ColumnRoles Roles => roles;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!rows.ColumnsGrow) roles.Assign(rows.Columns, more: false);
        long seen = 0, taken = 0;
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            seen++;
            if (rows.Problem is { } problem)
                Reject(rows.ProblemColumn, problem);
            else
            {
                if (rows.ColumnsGrow) roles.Assign(rows.Columns, more: true);
                if (Import()) taken++;
            }
            if (seen % ReportEvery != 0) continue;
            options.Progress?.Report(file.Progress(seen));
            cancellationToken.ThrowIfCancellationRequested();
        }
        options.Progress?.Report(file.Progress(seen));
        roles.Describe(rows.Columns, options.Report);
        if (options.Report is { } report) report.RowsRead += taken;
        _rejections.Close();
        if (rows.ColumnsGrow && seen > 0) roles.Assign(rows.Columns, more: false);   // a column that no row has is no matter of a few bad rows
    }

    /// <summary>Takes the row; false when it was rejected.</summary>
    protected abstract bool Import();

    /// <summary>Always false, so that a check can end with it.</summary>
    protected bool Reject(int column, string reason)
    {
        _rejections.Add(rows.Line, column < 0 || column >= rows.Columns.Count ? "" : rows.Columns[column], column + 1, reason);
        return false;
    }

    /// <summary>The characters of a single value, valid until the next call; null and no rejection when there is none.</summary>
    protected bool TryText(int column, out ReadOnlySpan<char> text)
    {
        text = default;
        if (column < 0) return true;
        return KindOf(column) switch
        {
            CellKind.Missing => true,
            CellKind.Text => TryDecode(column, rows.TextOf(column), out text),
            _ => Reject(column, "a list or an object where a single value is expected"),
        };
    }

    protected bool TryDecode(int column, ReadOnlySpan<byte> utf8, out ReadOnlySpan<char> text)
    {
        if (_buffer.TryDecode(utf8, out text)) return true;
        return Reject(column, $"bytes that are not UTF-8 (or a lone surrogate) after {Excerpt.Of(text)}; if the file is in another encoding, name it in Encoding");
    }

    protected CellKind KindOf(int column) => column < 0 ? CellKind.Missing : rows.KindOf(column);

    /// <summary>A required id, valid until the next call of <see cref="TryText"/>.</summary>
    protected bool TryId(int role, string name, out ReadOnlySpan<char> id)
    {
        int column = roles[role];
        id = default;
        if (column < 0) return Reject(column, $"no {name} id: none of its properties is known as one ({string.Join(", ", rows.Columns.Take(20))}); name the right one in the options");
        if (!TryText(column, out id)) return false;
        return !id.IsEmpty || Reject(column, $"no {name} id");
    }

    /// <summary>A time in Unix milliseconds, or <see cref="InteractionLog.NoTime"/> when there is none.</summary>
    protected bool TryTime(int column, TimeParser parser, out long milliseconds)
    {
        milliseconds = InteractionLog.NoTime;
        switch (KindOf(column))
        {
            case CellKind.Missing:
                return true;
            case CellKind.Text:
                string? wrong = parser.TryParse(rows.TextOf(column), out long time);
                if (wrong is not null) return Reject(column, wrong);
                milliseconds = time;
                return true;
            default:
                return Reject(column, "a list or an object where a time is expected");
        }
    }
}
