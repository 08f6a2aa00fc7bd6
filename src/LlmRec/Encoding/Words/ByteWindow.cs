namespace LlmRec;

/// <summary>A stream read forward through a window of bytes that knows how far into the stream it is.</summary>
internal sealed class ByteWindow(Stream stream)
{
    /// <summary>Longest line or record.</summary>
    private const int MostBytes = 1 << 24;

    private byte[] _buffer = new byte[1 << 18];
    private int _start, _end;
    private bool _ended;

    /// <summary>Bytes of the stream before the window.</summary>
    public long Offset { get; private set; }

    /// <summary>The bytes at hand.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Tries to have at least this many bytes at hand.</summary>
    /// <returns>False when the stream ends before.</returns>
    public bool Ensure(int count)
    {
        while (_end - _start < count && !_ended)
        {
            if (count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(count, _buffer.Length * 2));
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            int read = stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _ended = read == 0;
        }
        return _end - _start >= count;
    }

    /// <summary>Moves on.</summary>
    public void Skip(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Finds a byte, reading on as far as needed.</summary>
    /// <returns>Its place in <see cref="Bytes"/>, or −1 when the stream ends or <see cref="MostBytes"/> have gone by without it.</returns>
    public int Find(byte wanted, int most = MostBytes)
    {
        for (int from = 0; ;)
        {
            int at = Bytes[from..].IndexOf(wanted);
            if (at >= 0) return from + at <= most ? from + at : -1;
            from = Bytes.Length;
            if (from >= most || !Ensure(from + 1)) return -1;
        }
    }
}
