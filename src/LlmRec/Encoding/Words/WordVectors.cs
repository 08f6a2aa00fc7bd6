using System.IO.Compression;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>A vector for each of many words: word2vec (text and binary), GloVe and fastText's <c>.vec</c>, as they are published.</summary>
/// <remarks>
/// Immutable and thread-safe. Words are kept as they are spelt: nothing is normalised, <c>é</c> composed and decomposed are two words.
/// Memory: 4 · d bytes a word (d rounded up to 16), and some 20 bytes and its characters.
/// </remarks>
public sealed partial class WordVectors
{
    private readonly TermTable _words;
    private readonly RowMatrix _rows;

    internal WordVectors(WordTable table)
    {
        _words = table.Words;
        _rows = table.Rows;
        Dimensions = table.Rows.Columns;
        Duplicates = table.Duplicates;
        for (int i = 0; i < Count && !HasPhrases; i++) HasPhrases = _words[i].Trim('_').Contains('_');
    }

    /// <summary>Takes words and vectors from memory.</summary>
    /// <param name="words">n different words, none of them empty.</param>
    /// <param name="vectors">n × d values, row after row, finite; copied.</param>
    /// <param name="dimensions">Dimensions d, at least 1.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, a word is empty or occurs twice, or a value is not finite.</exception>
    public static WordVectors Create(IReadOnlyList<string> words, ReadOnlySpan<float> vectors, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        if (vectors.Length != words.Count * (long)dimensions)
            throw new ArgumentException($"{words.Count} words of {dimensions} dimensions need {words.Count * (long)dimensions} values, got {vectors.Length}", nameof(vectors));
        var table = new WordTable(dimensions, words.Count);
        for (int i = 0; i < words.Count; i++)
        {
            if (string.IsNullOrEmpty(words[i])) throw new ArgumentException($"word {i} is empty", nameof(words));
            if (!table.TryAdd(words[i], out Span<float> row)) throw new ArgumentException($"the word '{words[i]}' occurs twice", nameof(words));
            vectors.Slice(i * dimensions, dimensions).CopyTo(row);
            foreach (float x in row)
                if (!float.IsFinite(x)) throw new ArgumentException($"the word '{words[i]}' has the value {x}", nameof(vectors));
        }
        return new WordVectors(table);
    }

    /// <summary>Reads a file in one pass.</summary>
    /// <param name="path">The file, plain or gzip-compressed.</param>
    /// <param name="options">What to keep; <see langword="null"/> for everything in the format that is found.</param>
    /// <param name="progress">Receives the part done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or in another format; the message names line, byte and word.</exception>
    /// <remarks>Of a word that occurs twice the first vector stands, as in gensim. A word of a text file may hold spaces when the field after them is no number.</remarks>
    public static WordVectors Read(string path, WordVectorReadOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no file of word vectors '{path}'", path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        return Read(file, path, options, progress, cancellationToken);
    }

    /// <summary>Reads a stream in one pass.</summary>
    /// <param name="stream">The content, plain, or gzip-compressed where the stream can seek; left open.</param>
    /// <param name="name">A name for messages.</param>
    /// <param name="options">What to keep; <see langword="null"/> for everything in the format that is found.</param>
    /// <param name="progress">Receives the part done, 0 to 1, where the stream can seek.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidDataException">The content is damaged or in another format; the message names line, byte and word.</exception>
    public static WordVectors Read(Stream stream, string name = "the stream", WordVectorReadOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new();
        options.Check();
        if (!stream.CanSeek) return new WordVectors(new WordVectorReader(stream, name, -1, options, null, progress, cancellationToken).Read());
        long start = stream.Position, length = stream.Length - start;
        Span<byte> magic = stackalloc byte[2];
        bool zipped = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        stream.Position = start;
        double Fraction() => length == 0 ? 1 : (stream.Position - start) / (double)length;
        if (!zipped) return new WordVectors(new WordVectorReader(stream, name, length, options, Fraction, progress, cancellationToken).Read());
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
        return new WordVectors(new WordVectorReader(unzipped, name, -1, options, Fraction, progress, cancellationToken).Read());
    }

    /// <summary>Reads a file on another thread.</summary>
    /// <inheritdoc cref="Read(string, WordVectorReadOptions?, IProgress{double}?, CancellationToken)"/>
    public static Task<WordVectors> ReadAsync(string path, WordVectorReadOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Read(path, options, progress, cancellationToken), cancellationToken);

    /// <summary>Number of words.</summary>
    public int Count => _words.Count;

    /// <summary>Dimensions d of every vector.</summary>
    public int Dimensions { get; }

    /// <summary>Entries of the file that were left out because their word had occurred before.</summary>
    public int Duplicates { get; }

    /// <summary>True when some word joins others by an underscore, as <c>New_York</c>.</summary>
    internal bool HasPhrases { get; }

    /// <summary>The word of a number, in the order of the file.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public string WordAt(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)Count, nameof(number));
        return _words[number].ToString();
    }

    /// <summary>The number of a word, or −1; compared as it is spelt. Allocates nothing.</summary>
    public int IndexOf(ReadOnlySpan<char> word) => _words.Find(word);

    /// <summary>The vector of a number, d values as the file has them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public ReadOnlySpan<float> VectorAt(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)Count, nameof(number));
        return _rows.Row(number);
    }
}
