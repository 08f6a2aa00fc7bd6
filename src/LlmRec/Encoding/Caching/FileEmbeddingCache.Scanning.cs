using System.Buffers.Binary;

namespace LlmRec;

public sealed partial class FileEmbeddingCache
{
    private const int ScanBytes = 1 << 20;

    /// <summary>Reads the file once from front to back and finds its whole records.</summary>
    private void Scan()
    {
        long length = RandomAccess.GetLength(_file);
        byte[] header = Header(), there = new byte[(int)Math.Min(HeaderBytes, length)];
        _ = ReadFully(_file, there, 0);
        if (!header.AsSpan().StartsWith(there))
        {
            bool later = there.Length == HeaderBytes && there.AsSpan(0, 8).SequenceEqual(header.AsSpan(0, 8));
            throw new InvalidDataException(later
                ? $"'{Path}' is an embedding cache of version {BinaryPrimitives.ReadUInt32LittleEndian(there.AsSpan(8))}; this library reads version {Version}: update the library, or delete the file"
                : $"'{Path}' is not an embedding cache: give another path, or delete the file if it was one");
        }
        if (length < HeaderBytes)
        {
            // New, or torn while it was begun.
            if (!_options.ReadOnly) RandomAccess.Write(_file, header, 0);
            _end = HeaderBytes;
            return;
        }

        byte[] window = new byte[Math.Max(ScanBytes, 2 * EmbeddingRecord.BytesOf(EmbeddingRecord.MostDimensions))];
        long at = HeaderBytes, valid = HeaderBytes, windowAt = HeaderBytes;
        int filled = 0;
        while (at < length)
        {
            ReadOnlySpan<byte> rest = window.AsSpan((int)(at - windowAt), filled - (int)(at - windowAt));
            bool whole = EmbeddingRecord.TryRead(rest, out EmbeddingKey key, out int dimensions);
            // Perhaps it only ends beyond the window.
            if (!whole && windowAt + filled < length && (rest.Length < EmbeddingRecord.HeaderBytes || (dimensions > 0 && rest.Length < EmbeddingRecord.BytesOf(dimensions))))
            {
                filled = ReadFully(_file, window.AsSpan(0, (int)Math.Min(window.Length, length - at)), at);
                windowAt = at;
                if (filled < Math.Min(window.Length, length - at)) length = at + filled;   // cut by somebody meanwhile
                continue;
            }
            if (!whole)
            {
                // Records follow each other at multiples of four: the next whole one is looked for there. Floats seldom look like dimensions.
                at += 4;
                continue;
            }
            DamagedBytes += at - valid;
            _entries.TryAdd(key, new Entry(at, dimensions));
            at += EmbeddingRecord.BytesOf(dimensions);
            valid = at;
        }
        DamagedBytes += Math.Max(0, length - valid);
        _end = valid;
        if (!_options.ReadOnly && valid < length) RandomAccess.SetLength(_file, valid);
    }
}
