using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <content>Saving, and opening a saved index in place.</content>
public sealed partial class VectorIndex
{
    /// <summary>Files up to this size are verified whole when they are opened; that takes a millisecond or two.</summary>
    private const long VerifiedAtOnce = 16 << 20;

    private readonly MappedFile? _file;

    private VectorIndex(IndexFile file)
    {
        _options = file.Options;
        Dimensions = file.Dimensions;
        _row = new float[Dimensions];
        _file = file.File;
        _count = file.Rows;
        unsafe
        {
            _map = new KeyMap(new SortedKeys(file.Keys, file.Rows, file.File));
        }
        // Chunk c of the file holds sorted positions from c·16,384 on, so a position is a place.
        List<IndexChunk?> chunks = file.Chunks();
        chunks.Add(NewChunk(FirstRows));
        _state = new IndexState([.. chunks], chunks.Count - 1, IndexState.MakeStamp(0, 0));
    }

    /// <summary>
    /// Opens a saved index in place: the file is mapped into memory, so a million rows are ready in milliseconds and take no more
    /// memory than is read. Changes stay in memory until they are saved again.
    /// </summary>
    /// <remarks>
    /// Header, keys and checksums are verified at once, and so are the rows of files up to 16 MiB. In larger files each block of 256
    /// rows is verified when it is read first, and whatever reads a damaged one throws <see cref="InvalidDataException"/>; use
    /// <see cref="Verify"/> to know beforehand. The file may be replaced while it is open (not on Windows), not written into or shortened.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no saved index, is damaged, or comes from a newer version.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static VectorIndex Open(string path)
    {
        ThrowIfBigEndian();
        var mapped = new MappedFile(path, 4096);
        try
        {
            using MappedFile.Hold hold = mapped.HoldOn();
            var index = new VectorIndex(new IndexFile(mapped));
            if (mapped.Length <= VerifiedAtOnce) index.Verify();
            return index;
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    /// <summary>Reads every row that still lies in the opened file and compares it with its checksum.</summary>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <exception cref="InvalidDataException">A block of rows is damaged.</exception>
    public void Verify(CancellationToken cancellationToken = default)
    {
        using MappedFile.Hold hold = HoldFile();
        foreach (IndexChunk? chunk in Volatile.Read(ref _state).Chunks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            chunk?.Verify(0, chunk.Count);
        }
    }

    /// <summary>Writes the index as of this moment; others may search and change it meanwhile. The file is written beside and renamed.</summary>
    /// <param name="path">The file; replaced when it is there.</param>
    /// <param name="progress">Told the share written, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the writing early; the file at <paramref name="path"/> is then as it was.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ThrowIfBigEndian();
        using MappedFile.Hold hold = HoldFile();
        IndexState state = Volatile.Read(ref _state);
        long stamp = state.Stamp;
        string beside = path + ".tmp";
        try
        {
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                (int[] keys, int[] places) = LivePlaces(state, stamp);
                new IndexFileWriter(stream, state, keys, places, progress, cancellationToken)
                    .Write(new IndexFileLayout { Dimensions = Dimensions, Rows = keys.Length, Options = _options });
            }
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Lets go of the file an opened index lies in, once running searches have ended. An index in memory has nothing to let go of.</summary>
    public void Dispose() => _file?.Dispose();

    private MappedFile.Hold HoldFile() => _file is null ? default : _file.HoldOn();

    // The live rows in the order of their keys.
    private static unsafe (int[] Keys, int[] Places) LivePlaces(IndexState state, long stamp)
    {
        long version = IndexState.Version(stamp);
        var keys = new List<int>();
        var places = new List<int>();
        for (int c = 0; c < state.Chunks.Length; c++)
        {
            if (state.Chunks[c] is not { } chunk) continue;
            int count = c == state.Open ? IndexState.OpenRows(stamp) : chunk.Count;
            for (int i = 0; i < count; i++)
            {
                if (!chunk.IsLive(i, version)) continue;
                keys.Add(chunk.Keys[i]);
                places.Add(c << IndexChunk.PlaceBits | i);
            }
        }
        CollectionsMarshal.AsSpan(keys).Sort(CollectionsMarshal.AsSpan(places));
        return ([.. keys], [.. places]);
    }

    private static void ThrowIfBigEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("saved indexes are little-endian and mapped as they are; this processor is big-endian");
    }
}
