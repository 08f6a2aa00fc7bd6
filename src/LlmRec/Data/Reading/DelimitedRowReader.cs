using System.Globalization;
using CsvHelper;

namespace LlmRec;

/// <summary>Rows of delimited text, parsed by CsvHelper.</summary>
internal sealed class DelimitedRowReader : RowReader
{
    private readonly CsvReader _csv;
    private CsvMalformedRecord? _malformed;

    private DelimitedRowReader(InputFile file, TableReadOptions options)
    {
        string? delimiter = options.Delimiter ?? (LooksLikeDoubleColon(file.Start.Span) ? "::" : null);
        if (delimiter is { Length: 0 }) throw new ArgumentException("Delimiter is empty: give a character, or leave it null to have it found", nameof(options));
        var csv = new CsvReaderOptions
        {
            HasHeader = options.Header is null,
            Mode = options.Quotes ?? delimiter != "::" ? CsvMode.Rfc4180 : CsvMode.NoEscape,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            DetectSeparatorHint = options.Header is null,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = m => _malformed ??= m,
            Separator = delimiter is { Length: 1 } ? delimiter[0] : null,
        };
        _csv = CsvReader.Create(delimiter is { Length: > 1 } ? new CsvSeparatorStream(file.Bytes, delimiter) : file.Bytes, csv);
    }

    public override bool ColumnsGrow => false;

    public override long Line => _csv.LineNumber;

    public static async Task<DelimitedRowReader> OpenAsync(InputFile file, TableReadOptions options, CancellationToken cancellationToken)
    {
        var reader = new DelimitedRowReader(file, options);
        try
        {
            await reader._csv.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            if (reader._malformed is { } m)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the header line of '{file.Name}' (line {m.LineNumber}) has broken quotes: {Explain(m.Reason)}"));
            reader.Columns.AddRange(options.Header ?? reader._csv.Headers);
            return reader;
        }
        catch
        {
            await reader._csv.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _malformed = null;
        Problem = null;
        if (!await _csv.ReadAsync(cancellationToken).ConfigureAwait(false)) return false;
        if (_malformed is { } m)
        {
            // A quote inside an unquoted field is ordinary text; but only the first fault of a row is told, so look for another.
            int column = m.Reason == CsvMalformedReason.StrayQuote ? BadlyQuotedColumn() : ColumnAt(m.ByteOffset - _csv.ByteOffset);
            if (column >= 0)
            {
                Problem = Explain(m.Reason == CsvMalformedReason.StrayQuote ? CsvMalformedReason.TextAfterClosingQuote : m.Reason);
                ProblemColumn = column;
                return true;
            }
        }
        if (_csv.FieldCount != Columns.Count)
        {
            Problem = string.Create(CultureInfo.InvariantCulture, $"{_csv.FieldCount} fields where there are {Columns.Count} columns; a value that contains the delimiter must be quoted");
            ProblemColumn = Math.Min(_csv.FieldCount, Columns.Count);
        }
        return true;
    }

    public override CellKind KindOf(int column) => _csv.IsEmpty(column) ? CellKind.Missing : CellKind.Text;

    public override ReadOnlySpan<byte> TextOf(int column) => _csv.GetSpan(column);

    public override int ListCount(int column) => 0;

    public override ReadOnlySpan<byte> ListItem(int column, int index) => default;

    public override ValueTask DisposeAsync() => _csv.DisposeAsync();

    private static string Explain(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => "a quoted field is opened and never closed, so that the rest of the file is inside it; if this file does not quote, set Quotes = false",
        CsvMalformedReason.TextAfterClosingQuote => "text after the closing quote of a field; a quote inside a quoted field is written twice",
        _ => "broken quoting (" + reason + ")",
    };

    /// <summary>The field that covers a byte of the record as it lies in the file.</summary>
    private int ColumnAt(long offset)
    {
        long end = 0;
        for (int c = 0; c < _csv.FieldCount; c++)
        {
            end += _csv.GetRawSpan(c).Length + 1;
            if (offset < end) return c;
        }
        return _csv.FieldCount - 1;
    }

    /// <summary>The first field that opens with a quote and does not end with the closing one, or −1.</summary>
    private int BadlyQuotedColumn()
    {
        for (int c = 0; c < _csv.FieldCount; c++)
        {
            ReadOnlySpan<byte> raw = _csv.GetRawSpan(c).Trim(" \t"u8);
            if (raw.IsEmpty || raw[0] != '"') continue;
            int i = 1;
            while (i < raw.Length && (raw[i] != '"' || (i + 1 < raw.Length && raw[i + 1] == '"')))
                i += raw[i] == '"' ? 2 : 1;
            if (i != raw.Length - 1) return c;
        }
        return -1;
    }

    /// <summary>MovieLens' delimiter: it would not occur twice in a line of anything else.</summary>
    private static bool LooksLikeDoubleColon(ReadOnlySpan<byte> start)
    {
        int line = start.IndexOfAny((byte)'\r', (byte)'\n');
        ReadOnlySpan<byte> first = line < 0 ? start : start[..line];
        return first.Count("::"u8) >= 2;
    }
}
