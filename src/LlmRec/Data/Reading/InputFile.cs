using System.IO.Compression;
using System.Text;
using CsvHelper;

namespace LlmRec;

/// <summary>A file opened as UTF-8 bytes without a byte order mark, unpacked and recoded when needed, with a look at its start.</summary>
internal sealed class InputFile : IAsyncDisposable
{
    private const int StartLength = 16 * 1024;

    private readonly Stream _raw;

    private InputFile(string name, Stream raw, Stream bytes, ReadOnlyMemory<byte> start)
    {
        (Name, _raw, Bytes, Start) = (name, raw, bytes, start);
    }

    /// <summary>The name for messages.</summary>
    public string Name { get; }

    /// <summary>The whole text, from its first byte.</summary>
    public Stream Bytes { get; }

    /// <summary>The first bytes of the text, up to 16 KiB.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    public ReadProgress Progress(long rows) => _raw.CanSeek ? new(Name, rows, _raw.Position, _raw.Length) : new(Name, rows, null, null);

    /// <summary>Opens a file, lets it be read, closes it.</summary>
    public static async Task<T> UseAsync<T>(string path, ReadOptions options, Func<InputFile, Task<T>> read, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"there is no file '{path}'{(Directory.Exists(path) ? ", only a folder of that name" : "")} (looked from {Directory.GetCurrentDirectory()})", path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (file.ConfigureAwait(false))
            return await UseAsync(file, Path.GetFileName(path), options, read, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a stream be read and closes it; what the parts below throw about it as a whole becomes one kind of exception that names it.</summary>
    public static async Task<T> UseAsync<T>(Stream raw, string name, ReadOptions options, Func<InputFile, Task<T>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentException.ThrowIfNullOrEmpty(name);
        await using (raw.ConfigureAwait(false))
        {
            try
            {
                InputFile file = await OpenAsync(raw, name, options, cancellationToken).ConfigureAwait(false);
                await using (file.ConfigureAwait(false))
                    return await read(file).ConfigureAwait(false);
            }
            catch (DecoderFallbackException e)
            {
                throw new InvalidDataException($"'{name}' is not in the encoding given or marked at its start: {e.Message}", e);
            }
            catch (CsvFormatException e)
            {
                throw new InvalidDataException($"'{name}' cannot be read as delimited text: {e.Message}", e);
            }
            catch (InvalidDataException e) when (!e.Message.Contains($"'{name}'", StringComparison.Ordinal))   // from gzip
            {
                throw new InvalidDataException($"'{name}' is damaged: {e.Message}", e);
            }
        }
    }

    private static async Task<InputFile> OpenAsync(Stream raw, string name, ReadOptions options, CancellationToken cancellationToken)
    {
        (ReadOnlyMemory<byte> start, Stream bytes) = await LookAsync(raw, cancellationToken).ConfigureAwait(false);
        if (start.Span.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            (start, bytes) = await LookAsync(new GZipStream(bytes, CompressionMode.Decompress), cancellationToken).ConfigureAwait(false);

        (Encoding? marked, int mark) = ByteOrderMark(start.Span);
        Encoding encoding = marked ?? options.Encoding ?? Encoding.UTF8;
        if (mark > 0)
        {
            await bytes.ReadExactlyAsync(new byte[mark], cancellationToken).ConfigureAwait(false);
            start = start[mark..];
        }
        if (encoding.CodePage != Encoding.UTF8.CodePage && encoding.CodePage != Encoding.ASCII.CodePage)   // ASCII beyond 127 then shows as malformed UTF-8
        {
            var strict = (Encoding)encoding.Clone();
            strict.DecoderFallback = DecoderFallback.ExceptionFallback;
            (start, bytes) = await LookAsync(Encoding.CreateTranscodingStream(bytes, strict, Encoding.UTF8), cancellationToken).ConfigureAwait(false);
        }
        return new(name, raw, bytes, start);
    }

    public ValueTask DisposeAsync() => Bytes.DisposeAsync();

    private static async Task<(ReadOnlyMemory<byte> Start, Stream Stream)> LookAsync(Stream stream, CancellationToken cancellationToken)
    {
        var start = new byte[StartLength];
        int n = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return (start.AsMemory(0, n), new PrefixedStream(start.AsMemory(0, n), stream));
    }

    private static (Encoding? Encoding, int Length) ByteOrderMark(ReadOnlySpan<byte> start) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFF, 0xFE, 0, 0, ..] => (Encoding.UTF32, 4),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        _ => (null, 0),
    };
}
