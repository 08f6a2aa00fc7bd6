using System.Globalization;

namespace LlmRec;

/// <summary>Cuts a stream into the texts of its rows, lines or the elements of a JSON array; never holds more than one row and a buffer.</summary>
internal sealed class RowFrames(Stream stream, string name, bool isArray) : IAsyncDisposable
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;      // of the bytes not given out yet
    private int _end;        // of the bytes read
    private bool _ended;     // the stream has no more
    private bool _opened;    // the array's bracket was passed
    private bool _closed;
    private long _line = 1;  // at _start
    private int _frameLength;

    /// <summary>The line on which the row starts, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The row's text.</summary>
    public ReadOnlySpan<byte> Frame => _buffer.AsSpan(_start - _frameLength, _frameLength);

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (isArray ? CutElement() : CutLine()) return true;
            if (_closed) return false;
            if (_ended)
            {
                if (isArray)
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"'{name}' ends on line {_line} inside its array: the closing ']' is missing, the file seems cut off"));
                return false;
            }
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, checked(_buffer.Length * 2));
        int n = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += n;
        _ended = n == 0;
    }

    private bool CutLine()
    {
        while (_start < _end)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int length = rest.IndexOf((byte)'\n');
            if (length < 0 && !_ended) return false;
            int taken = length < 0 ? rest.Length : length + 1;
            bool blank = rest[..taken].Trim(" \t\r\n"u8).IsEmpty;
            Line = _line;
            Take(taken, taken);
            if (!blank) return true;
        }
        return false;
    }

    private bool CutElement()
    {
        SkipBetween();
        if (_start == _end || _closed) return false;
        int length = ElementLength(_buffer.AsSpan(_start, _end - _start));
        if (length < 0) return false;
        Line = _line;
        Take(length, length);
        return true;
    }

    /// <summary>Passes white space, commas and the array's own brackets.</summary>
    private void SkipBetween()
    {
        while (_start < _end && !_closed)
        {
            byte b = _buffer[_start];
            if (b == '[' && !_opened) _opened = true;
            else if (b == ']') _closed = true;
            else if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',')) return;
            Take(1, 0);
        }
    }

    /// <summary>Bytes up to the end of the element that starts here, or −1 when it goes on beyond what was read.</summary>
    private static int ElementLength(ReadOnlySpan<byte> text)
    {
        int depth = 0;
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (inString)
            {
                if (b == '\\') i++;
                else if (b == '"') inString = false;
            }
            else if (b == '"') inString = true;
            else if (b is (byte)'{' or (byte)'[') depth++;
            else if (b is (byte)'}' or (byte)']')
            {
                if (depth == 0) return i;   // the end of the array behind an element that is no object
                if (--depth == 0) return i + 1;
            }
            else if (b == ',' && depth == 0) return i;
        }
        return -1;
    }

    private void Take(int bytes, int frame)
    {
        _line += _buffer.AsSpan(_start, bytes).Count((byte)'\n');
        _start += bytes;
        _frameLength = frame;
    }
}
