using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>Writes rows of an index, in the order given, in the layout of <see cref="IndexFileLayout"/>.</summary>
/// <param name="stream">Where to; empty, seekable.</param>
/// <param name="state">The index as it was.</param>
/// <param name="keys">Keys, ascending.</param>
/// <param name="places">The place of each key's row.</param>
/// <param name="progress">Told the share written.</param>
/// <param name="cancellationToken">Ends the writing early.</param>
internal sealed unsafe class IndexFileWriter(FileStream stream, IndexState state, int[] keys, int[] places, IProgress<double>? progress, CancellationToken cancellationToken)
{
    private long _written;

    public void Write(IndexFileLayout layout)
    {
        VectorIndexOptions options = layout.Options;
        int blocks = layout.Blocks;
        var hashes = new ulong[4 * blocks];
        foreach (IndexChunk? chunk in state.Chunks) chunk?.Verify(0, chunk.Count);

        Section(IndexFileLayout.KeysAt, layout.Length, MemoryMarshal.AsBytes<int>(keys));
        Rows(layout.CodesAt, layout.Length, RowStore.Bytes(options.Format, layout.Dimensions), hashes, 0, static (chunk, i) => chunk.Rows.CodesOf(i, 1));
        Rows(layout.ScalesAt, layout.Length, RowStore.HasScales(options.Format) ? sizeof(float) : 0, hashes, 1, static (chunk, i) => MemoryMarshal.AsBytes(chunk.Rows.ScalesOf(i, 1)));
        if (options.Coarse is { } coarse)
        {
            Rows(layout.CoarseCodesAt, layout.Length, RowStore.Bytes(coarse, layout.Dimensions), hashes, 2, static (chunk, i) => chunk.Coarse!.CodesOf(i, 1));
            Rows(layout.CoarseScalesAt, layout.Length, RowStore.HasScales(coarse) ? sizeof(float) : 0, hashes, 3, static (chunk, i) => MemoryMarshal.AsBytes(chunk.Coarse!.ScalesOf(i, 1)));
        }

        var checks = new ulong[blocks];
        for (int b = 0; b < blocks; b++) checks[b] = XxHash64.Hash(MemoryMarshal.AsBytes(hashes.AsSpan(4 * b, 4)));
        Section(layout.ChecksAt, layout.Length, MemoryMarshal.AsBytes<ulong>(checks));
        // A file without rows ends where its last, empty section would begin.
        stream.SetLength(layout.Length);
        Section(0, layout.Length, layout.Header(XxHash64.Hash(MemoryMarshal.AsBytes<int>(keys)), XxHash64.Hash(MemoryMarshal.AsBytes<ulong>(checks))));
        stream.Flush(flushToDisk: true);
    }

    private delegate ReadOnlySpan<byte> Part(IndexChunk chunk, int i);

    // One section, block by block through a buffer, with the hash of each block at 4·block + which.
    private void Rows(long at, long length, int bytesPerRow, ulong[] hashes, int which, Part part)
    {
        byte[] buffer = new byte[IndexFileLayout.BlockRows * bytesPerRow];
        for (int b = 0; 4 * b < hashes.Length; b++)
        {
            int first = b * IndexFileLayout.BlockRows, count = Math.Min(IndexFileLayout.BlockRows, keys.Length - first);
            for (int r = 0; bytesPerRow > 0 && r < count; r++)
            {
                int place = places[first + r];
                IndexChunk chunk = state.Chunks[place >> IndexChunk.PlaceBits]!;
                part(chunk, place & (IndexChunk.MaxRows - 1)).CopyTo(buffer.AsSpan(r * bytesPerRow));
            }
            ReadOnlySpan<byte> block = buffer.AsSpan(0, count * bytesPerRow);
            hashes[4 * b + which] = XxHash64.Hash(block);
            Section(at + (long)first * bytesPerRow, length, block);
        }
    }

    private void Section(long at, long length, ReadOnlySpan<byte> bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        stream.Seek(at, SeekOrigin.Begin);
        stream.Write(bytes);
        _written += bytes.Length;
        progress?.Report(Math.Min(1, _written / (double)length));
    }
}
