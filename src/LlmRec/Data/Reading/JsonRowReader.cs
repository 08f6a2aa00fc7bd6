using System.Text.Json;

namespace LlmRec;

/// <summary>Rows of a JSON Lines file or of a JSON array: one object a row, its property names the columns.</summary>
internal sealed class JsonRowReader(InputFile file, bool isArray) : RowReader
{
    private readonly RowFrames _frames = new(file.Bytes, file.Name, isArray);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<Cell> _cells = [];   // by column; stale unless of this row
    private readonly List<(int Start, int Length)> _parts = [];   // of _text: the texts of this row's cells
    private byte[] _text = new byte[1024];
    private int _textLength;
    private long _row;

    public override bool ColumnsGrow => true;

    public override long Line => _frames.Line;

    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await _frames.ReadAsync(cancellationToken).ConfigureAwait(false)) return false;
        Parse(_frames.Frame);
        return true;
    }

    public override CellKind KindOf(int column) => _cells[column].Row == _row ? _cells[column].Kind : CellKind.Missing;

    public override ReadOnlySpan<byte> TextOf(int column) => Part(_cells[column].FirstPart);

    public override int ListCount(int column) => _cells[column].Parts;

    public override ReadOnlySpan<byte> ListItem(int column, int index) => Part(_cells[column].FirstPart + index);

    public override ValueTask DisposeAsync() => _frames.DisposeAsync();

    private ReadOnlySpan<byte> Part(int part) => _text.AsSpan(_parts[part].Start, _parts[part].Length);

    private void Parse(ReadOnlySpan<byte> frame)
    {
        _row++;
        _parts.Clear();
        _textLength = 0;
        Problem = null;
        ProblemColumn = -1;
        try
        {
            var json = new Utf8JsonReader(frame);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                Problem = "not a JSON object; each row is one object, such as {\"user\":\"u1\",\"item\":\"i1\"}";
                return;
            }
            for (int place = 0; json.Read() && json.TokenType == JsonTokenType.PropertyName; place++)
            {
                int column = ColumnOf(ref json, place);
                ProblemColumn = column;
                if (_cells[column].Row == _row)
                {
                    Problem = "the property occurs twice";
                    return;
                }
                json.Read();
                _cells[column] = ReadCell(ref json, frame);
            }
            ProblemColumn = -1;
            json.Read();   // fails on anything behind the object
        }
        catch (JsonException e)
        {
            Problem = "malformed JSON: " + FirstSentence(e.Message);
        }
        catch (InvalidOperationException)   // the reader's word for a lone surrogate or bytes that are not UTF-8
        {
            Problem = "text that is not valid Unicode (a lone surrogate, or bytes that are not UTF-8)";
        }
    }

    private int ColumnOf(ref Utf8JsonReader json, int place)
    {
        // Rows mostly list the same properties in the same order.
        if (place < Columns.Count && json.ValueTextEquals(Columns[place])) return place;
        string name = json.GetString()!;
        if (!_numbers.TryGetValue(name, out int column))
        {
            column = Columns.Count;
            _numbers.Add(name, column);
            Columns.Add(name);
            _cells.Add(default);
        }
        return column;
    }

    private Cell ReadCell(ref Utf8JsonReader json, ReadOnlySpan<byte> frame)
    {
        int first = _parts.Count;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return new(_row, CellKind.Missing, first, 0);
            case JsonTokenType.String when json.ValueSpan.IsEmpty:
                return new(_row, CellKind.Missing, first, 0);
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                return ReadNested(ref json, frame);
            default:
                AddPart(ref json);
                return new(_row, CellKind.Text, first, 1);
        }
    }

    private Cell ReadNested(ref Utf8JsonReader json, ReadOnlySpan<byte> frame)
    {
        int first = _parts.Count, textLength = _textLength, start = (int)json.TokenStartIndex;
        bool list = json.TokenType == JsonTokenType.StartArray;
        if (list)
        {
            Utf8JsonReader elements = json;
            while (list && elements.Read() && elements.TokenType != JsonTokenType.EndArray)
            {
                list = elements.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False;
                if (list) AddPart(ref elements);
            }
            if (list)
            {
                json = elements;
                return new(_row, CellKind.List, first, _parts.Count - first);
            }
            _parts.RemoveRange(first, _parts.Count - first);
            _textLength = textLength;
        }
        json.Skip();
        AddPart(frame[start..(int)json.BytesConsumed]);
        return new(_row, CellKind.Nested, first, 1);
    }

    private void AddPart(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            AddPart(json.ValueSpan);
            return;
        }
        EnsureRoom(json.ValueSpan.Length);   // unescaped text is never longer
        int n = json.CopyString(_text.AsSpan(_textLength));
        _parts.Add((_textLength, n));
        _textLength += n;
    }

    private void AddPart(ReadOnlySpan<byte> text)
    {
        EnsureRoom(text.Length);
        text.CopyTo(_text.AsSpan(_textLength));
        _parts.Add((_textLength, text.Length));
        _textLength += text.Length;
    }

    private void EnsureRoom(int length)
    {
        if (_text.Length - _textLength < length) Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + length));
    }

    /// <summary>Without the reader's own line number, which counts from the row.</summary>
    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private readonly record struct Cell(long Row, CellKind Kind, int FirstPart, int Parts);
}
