using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>A saved index in mapped memory: header, keys and checksums are verified at once, rows block by block.</summary>
internal sealed unsafe class IndexFile
{
    private readonly IndexFileLayout _layout;
    private readonly RowStore _rows;
    private readonly RowStore? _coarse;

    /// <exception cref="InvalidDataException">The file is not a whole index.</exception>
    public IndexFile(MappedFile file)
    {
        File = file;
        _layout = IndexFileLayout.Read(new ReadOnlySpan<byte>(file.Pointer, (int)Math.Min(file.Length, 4096)), file.Length, file.Path,
            out ulong keysHash, out ulong checksHash);
        Keys = (int*)(file.Pointer + IndexFileLayout.KeysAt);
        VerifyKeys(keysHash);
        if (XxHash64.Hash(MemoryMarshal.AsBytes(Checks)) != checksHash)
            throw IndexFileLayout.Damaged(file.Path, "its table of checksums does not match its own");

        VectorIndexOptions o = _layout.Options;
        _rows = new RowStore(o.Format, _layout.Dimensions, _layout.Rows, file.Pointer + _layout.CodesAt,
            RowStore.HasScales(o.Format) ? (float*)(file.Pointer + _layout.ScalesAt) : null, file);
        if (o.Coarse is { } coarse)
            _coarse = new RowStore(coarse, _layout.Dimensions, _layout.Rows, file.Pointer + _layout.CoarseCodesAt,
                RowStore.HasScales(coarse) ? (float*)(file.Pointer + _layout.CoarseScalesAt) : null, file);
    }

    public MappedFile File { get; }

    public int Dimensions => _layout.Dimensions;

    public int Rows => _layout.Rows;

    public VectorIndexOptions Options => _layout.Options;

    public int* Keys { get; }

    private ReadOnlySpan<ulong> Checks => new(File.Pointer + _layout.ChecksAt, _layout.Blocks);

    /// <summary>The rows as closed chunks.</summary>
    public List<IndexChunk?> Chunks()
    {
        var chunks = new List<IndexChunk?>();
        for (int first = 0; first < Rows; first += IndexChunk.MaxRows)
        {
            int count = Math.Min(IndexChunk.MaxRows, Rows - first);
            chunks.Add(new IndexChunk(_rows.Part(first, count), _coarse?.Part(first, count), Keys + first, File, new BlockChecks(this, first, count)));
        }
        return chunks;
    }

    /// <summary>Verifies one block of <see cref="IndexFileLayout.BlockRows"/> rows.</summary>
    /// <exception cref="InvalidDataException">It does not match its checksum, or holds a value that is not finite.</exception>
    public void VerifyBlock(int block)
    {
        int first = block * IndexFileLayout.BlockRows, count = Math.Min(IndexFileLayout.BlockRows, Rows - first);
        Span<ulong> hashes = stackalloc ulong[4];
        hashes.Clear();
        Hash(_rows, first, count, hashes);
        if (_coarse is not null) Hash(_coarse, first, count, hashes[2..]);
        if (XxHash64.Hash(MemoryMarshal.AsBytes(hashes)) != Checks[block])
            throw IndexFileLayout.Damaged(File.Path, $"rows {first} to {first + count - 1} do not match their checksum");
        if (!_rows.IsFinite(first, count) || !(_coarse?.IsFinite(first, count) ?? true))
            throw IndexFileLayout.Damaged(File.Path, $"rows {first} to {first + count - 1} hold NaN or infinity");
    }

    /// <summary>The two hashes, codes and scales, of a block of rows.</summary>
    public static void Hash(RowStore rows, int first, int count, Span<ulong> hashes)
    {
        hashes[0] = XxHash64.Hash(rows.CodesOf(first, count));
        hashes[1] = XxHash64.Hash(MemoryMarshal.AsBytes(rows.ScalesOf(first, count)));
    }

    private void VerifyKeys(ulong hash)
    {
        var keys = new ReadOnlySpan<int>(Keys, Rows);
        if (XxHash64.Hash(MemoryMarshal.AsBytes(keys)) != hash)
            throw IndexFileLayout.Damaged(File.Path, "its keys do not match their checksum");
        int previous = -1;
        foreach (int key in keys)
        {
            if (key <= previous) throw IndexFileLayout.Damaged(File.Path, $"its keys do not ascend: {key} after {previous}");
            previous = key;
        }
    }
}
