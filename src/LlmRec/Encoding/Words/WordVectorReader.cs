using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace LlmRec;

/// <summary>Reads a file of word vectors in one pass. Not thread-safe.</summary>
internal sealed class WordVectorReader
{
    private const int MostDimensions = 1 << 16;
    private const int LongestWord = 1 << 16;   // bytes
    private const int ProgressStep = 4096;     // words

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ByteWindow _window;
    private readonly string _name;
    private readonly long _length;     // −1 where nobody knows
    private readonly WordVectorReadOptions _options;
    private readonly Func<double>? _fraction;
    private readonly IProgress<double>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly char[] _word = new char[LongestWord];
    private WordTable _table = null!;
    private int _dimensions;
    private long _line = 1;
    private long _records;

    /// <param name="stream">The bytes, already decompressed.</param>
    /// <param name="name">A name for messages.</param>
    /// <param name="length">Bytes of the stream, or −1.</param>
    /// <param name="options">What to keep.</param>
    /// <param name="fraction">How much was read, for progress.</param>
    /// <param name="progress">Receives it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public WordVectorReader(Stream stream, string name, long length, WordVectorReadOptions options, Func<double>? fraction, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        _window = new ByteWindow(stream);
        _name = name;
        _length = length;
        _options = options;
        _fraction = fraction;
        _progress = progress;
        _cancellationToken = cancellationToken;
    }

    public WordTable Read()
    {
        _window.Ensure(1 << 16);
        if (_window.Bytes.StartsWith("\uFEFF"u8)) _window.Skip(3);
        if (_window.Bytes.IsEmpty) throw new InvalidDataException($"{_name} is empty: a file of word vectors was expected");
        WordVectorFormat format = _options.Format;
        long declared = -1;
        bool header = TryHeader(out long count, out int dimensions, out int headerBytes);
        if (format is WordVectorFormat.Auto)
            format = !header ? WordVectorFormat.GloVe : LooksBinary(headerBytes, dimensions) ? WordVectorFormat.Word2VecBinary : WordVectorFormat.Word2VecText;
        if (format is not WordVectorFormat.GloVe)
        {
            if (!header) throw Bad($"the first line should be 'count dimensions' but is '{Shown(_window.Bytes[..Math.Min(60, LineEnd())])}': give the format {nameof(WordVectorFormat.GloVe)} for files without it");
            if (dimensions is < 1 or > MostDimensions) throw Bad($"the first line declares {dimensions} dimensions, which should be 1 to {MostDimensions}");
            if (count < 0 || count > int.MaxValue) throw Bad($"the first line declares {count} words");
            long least = count * (format == WordVectorFormat.Word2VecBinary ? 2L + 4L * dimensions : 2L + 2L * dimensions - 1);
            if (_length >= 0 && least > _length)
                throw Bad($"the first line declares {count} words of {dimensions} dimensions, which need at least {least} bytes, but the file has {_length}: it was cut off, or is not in this format");
            declared = count;
            _dimensions = dimensions;
            _window.Skip(headerBytes);
            _line++;
        }
        else
        {
            _dimensions = CountValues();
        }
        int expected = (int)Math.Min(declared >= 0 ? declared : int.MaxValue, _length < 0 ? WordTable.RowsToBeginWith(_dimensions) : _length / Math.Max(1, BytesOfFirstRecord(format)) + 1);
        if (_options.MaxWords is { } most) expected = Math.Min(expected, most);
        if (_options.Words is { } kept) expected = Math.Min(expected, kept.Count);
        _table = new WordTable(_dimensions, Math.Max(1, expected));
        if (format == WordVectorFormat.Word2VecBinary) ReadBinary(declared);
        else ReadText(declared);
        _progress?.Report(1);
        return _table;
    }

    private bool Full => _options.MaxWords is { } most && _table.Count >= most;

    private void ReadBinary(long declared)
    {
        while (_records < declared && !Full)
        {
            Pace();
            if (_window.Ensure(1) && _window.Bytes[0] == '\n') _window.Skip(1);
            int space = _window.Find((byte)' ', LongestWord);
            if (space < 0)
                throw Bad(_window.Bytes.Length < LongestWord ? $"the file ends after {_records} of the {declared} words it declares" : $"no word of at most {LongestWord} bytes starts here");
            string? word = Decode(_window.Bytes[..space], out int chars);
            if (!_window.Ensure(space + 1 + 4 * _dimensions))
                throw Bad($"the file ends within word {_records + 1} of {declared}, '{new string(_word, 0, chars)}'");
            ReadOnlySpan<byte> values = _window.Bytes.Slice(space + 1, 4 * _dimensions);
            if (Wanted(word) && _table.TryAdd(_word.AsSpan(0, chars), out Span<float> row))
            {
                if (BitConverter.IsLittleEndian) values.CopyTo(MemoryMarshal.AsBytes(row));
                else for (int i = 0; i < row.Length; i++) row[i] = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(values[(4 * i)..]);
                foreach (float x in row)
                    if (!float.IsFinite(x)) throw Bad($"the word '{new string(_word, 0, chars)}' has the value {x}");
            }
            _window.Skip(space + 1 + 4 * _dimensions);
            _records++;
        }
        if (Full) return;
        if (_window.Ensure(1) && _window.Bytes[0] == '\n') _window.Skip(1);
        if (_window.Ensure(1)) throw Bad($"there are more bytes after the {declared} words the file declares");
    }

    private void ReadText(long declared)
    {
        while (!Full && _window.Ensure(1))
        {
            Pace();
            int end = _window.Find((byte)'\n');
            int length = end >= 0 ? end : _window.Bytes.Length;
            if (end < 0 && _window.Ensure(length + 1)) throw Bad("the line has no end: this is not a file of word vectors");
            ReadOnlySpan<byte> line = _window.Bytes[..length].TrimEnd(" \r"u8);
            if (!line.IsEmpty)
            {
                if (_records == declared) throw Bad($"there are more lines than the {declared} words the file declares");
                ReadLine(line);
                _records++;
            }
            _window.Skip(end >= 0 ? length + 1 : length);
            _line++;
        }
        if (!Full && declared >= 0 && _records < declared) throw Bad($"the file ends after {_records} of the {declared} words it declares");
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        int space = line.IndexOf((byte)' ');
        if (space == 0) throw Bad("the line starts with a space, where a word should be");
        if (space < 0) throw Bad($"the line has the word '{Shown(line)}' and no values");
        Span<float> values = _table.Scratch;
        int read = Values(line[(space + 1)..], values, out bool more);
        if (read < _dimensions)
        {
            // A word may hold spaces: then the values are the last d fields.
            int start = line.Length;
            for (int i = 0; i < _dimensions && start > 0; i++) start = line[..start].LastIndexOf((byte)' ');
            if (start <= space || Values(line[(start + 1)..], values, out more) < _dimensions)
                throw Bad($"{Word(line[..space])} has {(more ? $"'{Shown(Field(line[(space + 1)..], read))}' as value {read + 1}, which is not a finite number" : $"{read} values where {_dimensions} were expected")}");
            space = start;
        }
        else if (more)
        {
            throw Bad($"{Word(line[..space])} has more than {_dimensions} values");
        }
        string? word = Decode(line[..space], out int chars);
        if (Wanted(word) && _table.TryAdd(_word.AsSpan(0, chars), out Span<float> row)) values.CopyTo(row);

        string Word(ReadOnlySpan<byte> bytes) => $"the word '{Shown(bytes)}'";
    }

    /// <summary>Reads up to d values with one space between them; <paramref name="more"/>: something is left.</summary>
    private static int Values(ReadOnlySpan<byte> text, Span<float> values, out bool more)
    {
        for (int i = 0; i < values.Length; i++)
        {
            more = !text.IsEmpty;
            if (!more || !Utf8Decimal.TryParse(text, out values[i], out int length)) return i;
            text = length < text.Length ? text[(length + 1)..] : [];
        }
        more = !text.IsEmpty;
        return values.Length;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> text, int index)
    {
        for (; index > 0; index--) text = text[(text.IndexOf((byte)' ') + 1)..];
        int end = text.IndexOf((byte)' ');
        return end < 0 ? text : text[..end];
    }

    /// <summary>Decodes a word into <see cref="_word"/>; a string only where the options ask for one.</summary>
    private string? Decode(ReadOnlySpan<byte> bytes, out int chars)
    {
        if (bytes.IsEmpty) throw Bad("a word without any character");
        if (bytes.Length > LongestWord) throw Bad($"a word of {bytes.Length} bytes");
        try
        {
            chars = Strict.GetChars(bytes, _word);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException(Bad($"the word '{Shown(bytes)}' is not valid UTF-8").Message, e);
        }
        return _options.Words is null ? null : new string(_word, 0, chars);
    }

    private bool Wanted(string? word) => _options.Words is null || _options.Words.Contains(word!);

    private void Pace()
    {
        if (_records % ProgressStep != 0) return;
        _cancellationToken.ThrowIfCancellationRequested();
        if (_fraction is not null) _progress?.Report(_fraction());
    }

    private bool TryHeader(out long count, out int dimensions, out int bytes)
    {
        (count, dimensions, bytes) = (0, 0, 0);
        int end = _window.Find((byte)'\n', 64);
        if (end < 0) return false;
        ReadOnlySpan<byte> line = _window.Bytes[..end].TrimEnd(" \r"u8);
        bytes = end + 1;
        return Utf8Parser.TryParse(line, out count, out int used) && used < line.Length && line[used] == ' '
            && Utf8Parser.TryParse(line[(used + 1)..], out dimensions, out int rest) && used + 1 + rest == line.Length;
    }

    /// <summary>True unless the record after the header is a line of text: floats as bytes hold control characters or broken UTF-8.</summary>
    private bool LooksBinary(int header, int dimensions)
    {
        ReadOnlySpan<byte> rest = _window.Bytes[header..];
        int end = rest.IndexOf((byte)'\n');
        bool whole = end >= 0 && end <= 4 * dimensions + LongestWord;
        ReadOnlySpan<byte> line = rest[..(whole ? end : Math.Min(rest.Length, 4096))].TrimEnd((byte)'\r');
        if (line.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || line.IndexOfAnyInRange((byte)10, (byte)31) >= 0) return true;
        for (int cut = 0; cut < (whole ? 1 : 4) && cut <= line.Length; cut++)
            if (System.Text.Unicode.Utf8.IsValid(line[..^cut])) return false;
        return true;
    }

    private int LineEnd() => _window.Find((byte)'\n') is >= 0 and var end ? end : _window.Bytes.Length;

    private int CountValues()
    {
        ReadOnlySpan<byte> line = _window.Bytes[..LineEnd()].TrimEnd(" \r"u8);
        int values = 0;
        for (int end = line.Length; ; values++)
        {
            int space = line[..end].LastIndexOf((byte)' ');
            if (space < 0 || !Utf8Decimal.TryParse(line[(space + 1)..end], out _, out _)) break;
            end = space;
        }
        return values is >= 1 and <= MostDimensions ? values
            : throw Bad($"the first line, '{Shown(line[..Math.Min(60, line.Length)])}', is not a word and its values, nor 'count dimensions'");
    }

    private long BytesOfFirstRecord(WordVectorFormat format) =>
        format == WordVectorFormat.Word2VecBinary ? 2 + 4L * _dimensions : Math.Max(2 + 2 * _dimensions, LineEnd() * 3L / 4);

    private static string Shown(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 100)]);

    private InvalidDataException Bad(string what) => new($"{_name}, line {_line}, byte {_window.Offset}, record {_records + 1}: {what}");
}
