using System.Text;

namespace LlmRec;

/// <summary>Cuts text into the terms of analyzers; its buffers are reused from text to text. Not thread-safe.</summary>
internal sealed class TermReader
{
    private char[] _folded = new char[256];
    private int _foldedLength;
    private char[] _pieces = new char[256];   // words with one space between them
    private int[] _places = new int[256];     // where words or characters start in _pieces or _folded

    /// <summary>The text that is cut by the following calls of <see cref="Read"/>.</summary>
    public void Start(ReadOnlySpan<char> text)
    {
        Ensure(ref _folded, text.Length);
        _foldedLength = TextFolding.Fold(text, _folded);
        Ensure(ref _pieces, 2 * _foldedLength + 2);
        if (_places.Length < _pieces.Length + 2) _places = new int[_pieces.Length + 2];
    }

    /// <summary>Sends the terms of one analyzer to a sink, in the order of the text.</summary>
    /// <param name="analyzer">How to cut.</param>
    /// <param name="apart">True when CJK letters are left to another analyzer.</param>
    /// <param name="sink">Receives the terms.</param>
    public void Read<TSink>(TextAnalyzer analyzer, bool apart, ref TSink sink) where TSink : struct, ITermSink
    {
        switch (analyzer.Kind)
        {
            case TextAnalyzerKind.Words: ReadWords(analyzer, apart, ref sink); break;
            case TextAnalyzerKind.CharactersInWords: ReadCharacters(analyzer, apart, ref sink); break;
            default: ReadCjk(analyzer, ref sink); break;
        }
    }

    private void ReadWords<TSink>(TextAnalyzer analyzer, bool apart, ref TSink sink) where TSink : struct, ITermSink
    {
        // Words go to _pieces with one space between them, so that any sequence of words is one slice of it.
        ReadOnlySpan<char> text = _folded.AsSpan(0, _foldedLength);
        int words = 0, end = 0, start = 0, runes = 0;
        for (int i = 0; i <= text.Length;)
        {
            Rune rune = default;
            int used = 1;
            bool inside = i < text.Length && Rune.DecodeFromUtf16(text[i..], out rune, out used) == System.Buffers.OperationStatus.Done
                && TextFolding.IsWord(rune) && !(apart && TextFolding.IsCjk(rune)) && !(runes == 0 && TextFolding.IsMark(rune));
            if (inside)
            {
                if (runes++ == 0) start = i;
            }
            else
            {
                if (runes >= 2)
                {
                    _places[words++] = end;
                    text[start..i].CopyTo(_pieces.AsSpan(end));
                    end += i - start;
                    _pieces[end++] = ' ';
                }
                runes = 0;
            }
            i += used;
        }
        _places[words] = end;
        for (int n = analyzer.Shortest; n <= analyzer.Longest; n++)
            for (int w = 0; w + n <= words; w++)
                sink.Add(_pieces.AsSpan(_places[w], _places[w + n] - 1 - _places[w]));
    }

    private void ReadCharacters<TSink>(TextAnalyzer analyzer, bool apart, ref TSink sink) where TSink : struct, ITermSink
    {
        // _pieces: " word word ", each padded word a slice of it.
        ReadOnlySpan<char> text = _folded.AsSpan(0, _foldedLength);
        int end = 0, start = 0, runes = 0;
        _pieces[end++] = ' ';
        for (int i = 0; i <= text.Length;)
        {
            Rune rune = default;
            int used = 1;
            bool inside = i < text.Length && text[i] != ' ' && Rune.DecodeFromUtf16(text[i..], out rune, out used) == System.Buffers.OperationStatus.Done
                && !(apart && TextFolding.IsCjk(rune));
            if (inside)
            {
                if (runes == 0)
                {
                    start = end;
                    _places[runes++] = start - 1;
                }
                _places[runes++] = end;
                text.Slice(i, used).CopyTo(_pieces.AsSpan(end));
                end += used;
            }
            else if (runes > 0)
            {
                _places[runes++] = end;
                _pieces[end++] = ' ';
                _places[runes] = end;
                Slide(analyzer, _pieces, runes, ref sink);
                runes = 0;
            }
            i += used;
        }
    }

    private void ReadCjk<TSink>(TextAnalyzer analyzer, ref TSink sink) where TSink : struct, ITermSink
    {
        ReadOnlySpan<char> text = _folded.AsSpan(0, _foldedLength);
        int runes = 0;
        for (int i = 0; i <= text.Length;)
        {
            Rune rune = default;
            int used = 1;
            bool inside = i < text.Length && text[i] >= 0x0E00 && Rune.DecodeFromUtf16(text[i..], out rune, out used) == System.Buffers.OperationStatus.Done
                && TextFolding.IsCjk(rune);
            if (inside)
            {
                _places[runes++] = i;
            }
            else if (runes > 0)
            {
                _places[runes] = i;
                Slide(analyzer, _folded, runes, ref sink);
                runes = 0;
            }
            i += used;
        }
    }

    // All windows over the characters _places[0..count); a word not longer than a window counts once, and no longer window is tried.
    private void Slide<TSink>(TextAnalyzer analyzer, char[] buffer, int count, ref TSink sink) where TSink : struct, ITermSink
    {
        for (int n = analyzer.Shortest; n <= analyzer.Longest; n++)
        {
            if (count <= n)
            {
                sink.Add(buffer.AsSpan(_places[0], _places[count] - _places[0]));
                return;
            }
            for (int i = 0; i + n <= count; i++)
                sink.Add(buffer.AsSpan(_places[i], _places[i + n] - _places[i]));
        }
    }

    private static void Ensure(ref char[] buffer, int length)
    {
        if (buffer.Length < length) buffer = new char[Math.Max(length, buffer.Length * 2)];
    }
}
