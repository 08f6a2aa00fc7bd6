using System.Runtime.CompilerServices;

namespace LlmRec.Transformers;

/// <summary>
/// Text on its way through normalisers and pre-tokenizers, with the range of the original text that each UTF-16 unit stands
/// for when <see cref="Tracked"/>. An edit writes the next state into a second buffer; nothing is allocated once both are
/// large enough. <see cref="Padding"/> units may be read past the end.
/// </summary>
internal sealed class AlignedText
{
    /// <summary>Units that may be read after the last one, so that a vector may be loaded at any of them.</summary>
    public const int Padding = 32;

    private char[] _chars = new char[256 + Padding];
    private char[] _next = new char[256 + Padding];
    private int[] _starts = [], _ends = [], _nextStarts = [], _nextEnds = [];
    private int _nextLength, _cursor;

    /// <summary>Units in use.</summary>
    public int Length { get; private set; }

    /// <summary>Whether the ranges of the original are kept.</summary>
    public bool Tracked { get; private set; }

    /// <summary>Where this text begins in the original.</summary>
    public int Origin { get; private set; }

    public ReadOnlySpan<char> Span => _chars.AsSpan(0, Length);

    /// <summary>The buffer with its padding.</summary>
    public ReadOnlySpan<char> Padded => _chars;

    public int StartOf(int index) => _starts[index];

    public int EndOf(int index) => _ends[index];

    public int Capacity => _chars.Length;

    /// <summary>Takes a piece of the original; lone surrogates become U+FFFD.</summary>
    public void Load(ReadOnlySpan<char> piece, int origin, bool tracked)
    {
        Reserve(piece.Length, tracked);
        piece.CopyTo(_chars);
        (Length, Tracked, Origin) = (piece.Length, tracked, origin);
        int i = piece.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (tracked)
        {
            for (int j = 0; j < piece.Length; j++)
            {
                _starts[j] = origin + j;
                _ends[j] = origin + j + 1;
            }
        }
        if (i < 0) return;
        for (; i < Length; i++)
        {
            if (!char.IsSurrogate(_chars[i])) continue;
            if (char.IsHighSurrogate(_chars[i]) && i + 1 < Length && char.IsLowSurrogate(_chars[i + 1]))
            {
                if (tracked) (_ends[i], _starts[i + 1]) = (origin + i + 2, origin + i);
                i++;
            }
            else
            {
                _chars[i] = '\uFFFD';
            }
        }
    }

    /// <summary>Takes a part of another text, ranges included.</summary>
    public void Load(AlignedText from, int start, int end)
    {
        int length = end - start;
        Reserve(length, from.Tracked);
        from._chars.AsSpan(start, length).CopyTo(_chars);
        if (from.Tracked)
        {
            from._starts.AsSpan(start, length).CopyTo(_starts);
            from._ends.AsSpan(start, length).CopyTo(_ends);
        }
        (Length, Tracked) = (length, from.Tracked);
        Origin = from.Tracked && length > 0 ? from._starts[start] : from.Origin + start;
    }

    /// <summary>Keeps the part [start, end).</summary>
    public void Slice(int start, int end)
    {
        Span<char> part = _chars.AsSpan(start, end - start);
        part.CopyTo(_chars);
        if (Tracked)
        {
            _starts.AsSpan(start, end - start).CopyTo(_starts);
            _ends.AsSpan(start, end - start).CopyTo(_ends);
        }
        Length = end - start;
    }

    /// <summary>Overwrites one unit in place.</summary>
    public void Set(int index, char value) => _chars[index] = value;

    /// <summary>The units for changes in place that keep the length.</summary>
    public Span<char> Writable => _chars.AsSpan(0, Length);

    /// <summary>Begins the next state, empty.</summary>
    public void Begin() => (_nextLength, _cursor) = (0, 0);

    /// <summary>Length of the next state so far.</summary>
    public int Position => _nextLength;

    /// <summary>
    /// Appends a code point in the reference library's terms: <paramref name="change"/> 1 inserts it (it stands for what the
    /// one before the cursor stands for), 0 replaces the code point at the cursor, -n also drops the n that follow.
    /// </summary>
    public void Emit(int codePoint, int change)
    {
        int units = codePoint > 0xFFFF ? 2 : 1;
        Grow(units);
        if (Tracked)
        {
            int start = Origin, end = Origin;
            int at = change > 0 ? _cursor - 1 : Math.Min(_cursor, Length - 1);
            if (at >= 0) (start, end) = (_starts[at], _ends[at]);
            for (int i = 0; i < units; i++) (_nextStarts[_nextLength + i], _nextEnds[_nextLength + i]) = (start, end);
            for (int skip = change > 0 ? 0 : 1 - change; skip > 0; skip--) Advance();
        }
        Write(codePoint, units);
    }

    /// <summary>Moves the cursor past one code point that is dropped.</summary>
    public void Drop() => Advance();

    /// <summary>Appends a code point that stands for what the unit at <paramref name="source"/> stands for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int codePoint, int source)
    {
        int units = codePoint > 0xFFFF ? 2 : 1;
        Grow(units);
        if (Tracked)
        {
            for (int i = 0; i < units; i++)
                (_nextStarts[_nextLength + i], _nextEnds[_nextLength + i]) = (_starts[source], _ends[source]);
        }
        Write(codePoint, units);
    }

    /// <summary>Appends units [start, start + length) as they are.</summary>
    public void Copy(int start, int length)
    {
        Grow(length);
        _chars.AsSpan(start, length).CopyTo(_next.AsSpan(_nextLength));
        if (Tracked)
        {
            _starts.AsSpan(start, length).CopyTo(_nextStarts.AsSpan(_nextLength));
            _ends.AsSpan(start, length).CopyTo(_nextEnds.AsSpan(_nextLength));
        }
        _nextLength += length;
    }

    /// <summary>Appends units [start, start + length), none of them a surrogate, each replacing the code point at the cursor.</summary>
    public void EmitRun(int start, int length)
    {
        if (!Tracked || _cursor == start)
        {
            Copy(start, length);
            _cursor += length;
            return;
        }
        for (int i = 0; i < length; i++) Emit(_chars[start + i], 0);
    }

    /// <summary>Makes the next state the current one.</summary>
    public void Commit()
    {
        (_chars, _next) = (_next, _chars);
        (_starts, _nextStarts) = (_nextStarts, _starts);
        (_ends, _nextEnds) = (_nextEnds, _ends);
        Length = _nextLength;
        // The buffers change places: both must hold ranges of this length before the next piece is tracked.
        if (Tracked) ReserveRanges();
    }

    private void Advance()
    {
        if (_cursor < Length) _cursor += char.IsHighSurrogate(_chars[_cursor]) && _cursor + 1 < Length ? 2 : 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(int codePoint, int units)
    {
        if (units == 1)
        {
            _next[_nextLength++] = (char)codePoint;
            return;
        }
        _next[_nextLength++] = (char)(0xD7C0 + (codePoint >> 10));
        _next[_nextLength++] = (char)(0xDC00 | codePoint & 0x3FF);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Grow(int units)
    {
        if (_nextLength + units + Padding > _next.Length) Enlarge(units);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Enlarge(int units)
    {
        Array.Resize(ref _next, Math.Max(checked(_nextLength + units + Padding), _next.Length * 2));
        if (Tracked)
        {
            Array.Resize(ref _nextStarts, _next.Length);
            Array.Resize(ref _nextEnds, _next.Length);
        }
    }

    private void Reserve(int length, bool tracked)
    {
        if (_chars.Length < length + Padding) _chars = new char[Math.Max(length + Padding, _chars.Length * 2)];
        if (tracked) ReserveRanges();
    }

    private void ReserveRanges()
    {
        if (_starts.Length < _chars.Length)
        {
            Array.Resize(ref _starts, _chars.Length);
            Array.Resize(ref _ends, _chars.Length);
        }
        if (_nextStarts.Length < _next.Length)
        {
            Array.Resize(ref _nextStarts, _next.Length);
            Array.Resize(ref _nextEnds, _next.Length);
        }
    }
}
