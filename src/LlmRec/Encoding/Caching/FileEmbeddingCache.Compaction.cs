using Microsoft.Win32.SafeHandles;

namespace LlmRec;

public sealed partial class FileEmbeddingCache
{
    /// <summary>Writes the file anew without what is damaged and, if wanted, without what nobody asked for since it was opened. A crash leaves the old file.</summary>
    /// <param name="onlyUsed">Drops entries that were neither found nor added since opening, such as those of former models and texts; default false.</param>
    /// <param name="cancellationToken">Stops the work; the old file stays.</param>
    /// <returns>Bytes gained.</returns>
    /// <exception cref="InvalidOperationException">It was opened read-only.</exception>
    /// <exception cref="IOException">The disk is full or failed; the old file stays.</exception>
    /// <remarks>Reading and adding wait for it.</remarks>
    public long Compact(bool onlyUsed = false, CancellationToken cancellationToken = default)
    {
        if (_options.ReadOnly) throw new InvalidOperationException($"the embedding cache '{Path}' was opened read-only: only its writer can compact it");
        _lock.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            WritePending();
            string beside = Path + ".part";
            var kept = new Dictionary<EmbeddingKey, Entry>();
            long end = HeaderBytes;
            using (SafeFileHandle copy = File.OpenHandle(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                RandomAccess.Write(copy, Header(), 0);
                byte[] record = new byte[EmbeddingRecord.BytesOf(EmbeddingRecord.MostDimensions)];
                foreach ((EmbeddingKey key, Entry entry) in _entries.OrderBy(e => e.Value.Offset))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (onlyUsed && !entry.Used) continue;
                    Span<byte> bytes = record.AsSpan(0, EmbeddingRecord.BytesOf(entry.Dimensions));
                    if (ReadFully(_file, bytes, entry.Offset) < bytes.Length || !EmbeddingRecord.TryRead(bytes, out EmbeddingKey there, out _) || there != key) continue;
                    RandomAccess.Write(copy, bytes, end);
                    kept.Add(key, new Entry(end, entry.Dimensions) { Used = entry.Used });
                    end += bytes.Length;
                }
                RandomAccess.FlushToDisk(copy);
            }
            long gained = RandomAccess.GetLength(_file) - end;
            File.Move(beside, Path, overwrite: true);
            SafeFileHandle old = _file;
            _file = OpenFile(Path, readOnly: false);
            old.Dispose();
            (_entries, _end, DamagedBytes) = (kept, end, 0);
            return gained;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }
}
