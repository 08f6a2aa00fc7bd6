using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace LlmRec;

/// <summary>
/// A cache in one file that only grows at its end and survives crashes: each record carries a checksum, a torn tail is cut off when the
/// file is opened, and a damaged record in the middle is passed over, those behind it stay.
/// </summary>
/// <remarks>
/// Thread-safe: many threads may read while one adds. One process writes, guarded by a lock on the file <c>PATH.lock</c> beside it, which the
/// operating system releases when the process ends in whatever way; a second writer is refused with an exception. Others may open it
/// <see cref="FileEmbeddingCacheOptions.ReadOnly"/>. Vectors stay in the file: memory is about 100 bytes an entry.
/// </remarks>
public sealed partial class FileEmbeddingCache : IEmbeddingCache, IDisposable
{
    private const int HeaderBytes = 16;
    private const int BufferBytes = 1 << 18;
    private const uint Version = 1;

    private sealed class Entry(long offset, int dimensions)
    {
        public readonly long Offset = offset;
        public readonly int Dimensions = dimensions;
        public volatile bool Used;
    }

    private readonly ReaderWriterLockSlim _lock = new();
    private readonly FileEmbeddingCacheOptions _options;
    private readonly SafeFileHandle? _writing;        // holds the lock
    private Dictionary<EmbeddingKey, Entry> _entries = [];
    private SafeFileHandle _file;
    private readonly byte[] _pending;                 // records that are not in the file yet
    private int _pendingBytes;
    private long _end;                                // of the file's valid part
    private bool _disposed;

    private FileEmbeddingCache(string path, FileEmbeddingCacheOptions options, SafeFileHandle? writing, SafeFileHandle file)
    {
        Path = path;
        _options = options;
        _writing = writing;
        _file = file;
        _pending = options.ReadOnly ? [] : new byte[Math.Max(BufferBytes, EmbeddingRecord.BytesOf(EmbeddingRecord.MostDimensions))];
    }

    /// <summary>Opens a cache, or begins one where there is none.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <exception cref="IOException">Another process, or another part of this one, is writing to it.</exception>
    /// <exception cref="InvalidDataException">The file is not an embedding cache, or one of a later version.</exception>
    /// <exception cref="FileNotFoundException">There is no such file to open read-only.</exception>
    public static FileEmbeddingCache Open(string path, FileEmbeddingCacheOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        SafeFileHandle? writing = null, file = null;
        try
        {
            if (options.ReadOnly && !File.Exists(path)) throw new FileNotFoundException($"there is no embedding cache '{path}' to read", path);
            if (!options.ReadOnly) writing = Lock(path);
            file = OpenFile(path, options.ReadOnly);
            var cache = new FileEmbeddingCache(path, options, writing, file);
            cache.Scan();
            return cache;
        }
        catch
        {
            file?.Dispose();
            writing?.Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Vectors in it.</summary>
    public int Count
    {
        get
        {
            _lock.EnterReadLock();
            try
            {
                return _entries.Count;
            }
            finally
            {
                _lock.ExitReadLock();
            }
        }
    }

    /// <summary>Bytes that were found damaged when the file was opened: a torn tail, which was cut off, or records in the middle, which <see cref="Compact"/> removes.</summary>
    public long DamagedBytes { get; private set; }

    /// <inheritdoc/>
    public bool TryGet(EmbeddingKey key, Span<float> vector)
    {
        _lock.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_entries.TryGetValue(key, out Entry? entry) || entry.Dimensions != vector.Length) return false;
            int bytes = EmbeddingRecord.BytesOf(entry.Dimensions);
            if (entry.Offset >= _end)
            {
                EmbeddingRecord.Values(_pending.AsSpan((int)(entry.Offset - _end), bytes), vector);
                entry.Used = true;
                return true;
            }
            byte[] record = ArrayPool<byte>.Shared.Rent(bytes);
            try
            {
                // Checked again, since the disk may have lost it meanwhile: then it is encoded anew.
                bool whole = ReadFully(_file, record.AsSpan(0, bytes), entry.Offset) == bytes
                    && EmbeddingRecord.TryRead(record.AsSpan(0, bytes), out EmbeddingKey there, out _) && there == key;
                if (!whole) return false;
                EmbeddingRecord.Values(record, vector);
                entry.Used = true;
                return true;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(record);
            }
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The disk is full or failed; what could not be written stays in memory, and is tried again with the next call.</exception>
    public void Add(EmbeddingKey key, ReadOnlySpan<float> vector)
    {
        EmbeddingRecord.Check(vector);
        if (_options.ReadOnly) return;
        int bytes = EmbeddingRecord.BytesOf(vector.Length);
        _lock.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_entries.ContainsKey(key)) return;
            if (_pendingBytes + bytes > _pending.Length) WritePending();
            EmbeddingRecord.Write(_pending.AsSpan(_pendingBytes, bytes), key, vector);
            _entries.Add(key, new Entry(_end + _pendingBytes, vector.Length) { Used = true });
            _pendingBytes += bytes;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Flush()
    {
        if (_options.ReadOnly) return;
        _lock.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            WritePending();
            if (_options.FlushToDisk) RandomAccess.FlushToDisk(_file);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Writes what is pending and closes the file.</summary>
    public void Dispose()
    {
        _lock.EnterWriteLock();
        try
        {
            if (_disposed) return;
            try
            {
                WritePending();
            }
            finally
            {
                _disposed = true;
                _file.Dispose();
                _writing?.Dispose();
            }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    private void WritePending()
    {
        if (_pendingBytes == 0) return;
        RandomAccess.Write(_file, _pending.AsSpan(0, _pendingBytes), _end);
        _end += _pendingBytes;
        _pendingBytes = 0;
    }

    private static SafeFileHandle Lock(string path)
    {
        try
        {
            return File.OpenHandle(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException and not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new IOException($"the embedding cache '{path}' is being written to by another process, or another part of this one (its lock file is '{path}.lock'): share one {nameof(FileEmbeddingCache)}, or open it {nameof(FileEmbeddingCacheOptions.ReadOnly)}", e);
        }
    }

    private static SafeFileHandle OpenFile(string path, bool readOnly) => readOnly
        ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        : File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static byte[] Header()
    {
        var header = new byte[HeaderBytes];
        "LLMREMB\n"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        return header;
    }

    private static int ReadFully(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            int read = RandomAccess.Read(file, bytes[done..], offset + done);
            if (read == 0) break;
            done += read;
        }
        return done;
    }
}
