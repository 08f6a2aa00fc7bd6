using System.Buffers.Binary;

namespace LlmRec.Kernels;

/// <summary>
/// Where things are in a saved index. All numbers are little-endian; every section starts on a 4,096-byte page, in this order: header,
/// keys (ascending int32), codes of the rows, their scales, codes of the coarse copy, their scales, one XXH64 for each block of rows.
/// A section a format has no need of is empty.
/// </summary>
internal readonly record struct IndexFileLayout
{
    /// <summary>Rows under one checksum.</summary>
    public const int BlockRows = 256;

    /// <summary>Version this library writes, and the newest it reads.</summary>
    public const int CurrentVersion = 1;

    private const int Page = 4096, HashedHeaderBytes = 64;

    private static ReadOnlySpan<byte> Magic => "LlmRecVI"u8;

    public required int Dimensions { get; init; }

    public required int Rows { get; init; }

    public required VectorIndexOptions Options { get; init; }

    public int Blocks => (Rows + BlockRows - 1) / BlockRows;

    public static long KeysAt => Page;

    public long CodesAt => After(KeysAt, sizeof(int));

    public long ScalesAt => After(CodesAt, RowStore.Bytes(Options.Format, Dimensions));

    public long CoarseCodesAt => After(ScalesAt, RowStore.HasScales(Options.Format) ? sizeof(float) : 0);

    public long CoarseScalesAt => After(CoarseCodesAt, Options.Coarse is { } c ? RowStore.Bytes(c, Dimensions) : 0);

    public long ChecksAt => After(CoarseScalesAt, Options.Coarse is { } c && RowStore.HasScales(c) ? sizeof(float) : 0);

    public long Length => ChecksAt + (long)Blocks * sizeof(ulong);

    /// <summary>The header's page.</summary>
    /// <param name="keysHash">XXH64 of the keys.</param>
    /// <param name="checksHash">XXH64 of the block checksums.</param>
    public byte[] Header(ulong keysHash, ulong checksHash)
    {
        var page = new byte[Page];
        Span<byte> header = page;
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], CurrentVersion);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], Dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], Rows);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], (int)Options.Metric);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], (int)Options.Format);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], Options.Coarse is { } c ? (int)c : -1);
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], Options.CandidatesPerHit);
        BinaryPrimitives.WriteInt32LittleEndian(header[36..], BlockRows);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], keysHash);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], checksHash);
        BinaryPrimitives.WriteInt64LittleEndian(header[56..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[HashedHeaderBytes..], XxHash64.Hash(header[..HashedHeaderBytes]));
        return page;
    }

    /// <summary>Reads and checks a header.</summary>
    /// <exception cref="InvalidDataException">It is not the header of an index this library can read, or the file has another length than it says.</exception>
    public static IndexFileLayout Read(ReadOnlySpan<byte> header, long fileLength, string path, out ulong keysHash, out ulong checksHash)
    {
        if (header.Length < Page)
            throw new InvalidDataException($"{path} is too short to be a saved index ({fileLength} bytes)");
        if (!header.StartsWith(Magic))
            throw new InvalidDataException($"{path} is not a saved index: it does not start with {System.Text.Encoding.ASCII.GetString(Magic)}");
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header[HashedHeaderBytes..]) != XxHash64.Hash(header[..HashedHeaderBytes]))
            throw Damaged(path, "the header does not match its checksum");
        if (version != CurrentVersion)
            throw new InvalidDataException($"{path} was written in version {version} of the format; this library reads version {CurrentVersion}");

        int dimensions = BinaryPrimitives.ReadInt32LittleEndian(header[12..]), rows = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        int coarse = BinaryPrimitives.ReadInt32LittleEndian(header[28..]);
        var options = new VectorIndexOptions
        {
            Metric = (VectorMetric)BinaryPrimitives.ReadInt32LittleEndian(header[20..]),
            Format = (RowFormat)BinaryPrimitives.ReadInt32LittleEndian(header[24..]),
            Coarse = coarse == -1 ? null : (RowFormat)coarse,
            CandidatesPerHit = BinaryPrimitives.ReadInt32LittleEndian(header[32..]),
        };
        if (rows < 0 || BinaryPrimitives.ReadInt32LittleEndian(header[36..]) != BlockRows)
            throw Damaged(path, "the header's numbers are out of range");
        try
        {
            VectorIndex.Check(dimensions, options);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
        var layout = new IndexFileLayout { Dimensions = dimensions, Rows = rows, Options = options };
        if (layout.Length != fileLength || BinaryPrimitives.ReadInt64LittleEndian(header[56..]) != fileLength)
            throw Damaged(path, $"it is {fileLength} bytes long and should be {layout.Length}");
        keysHash = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
        checksHash = BinaryPrimitives.ReadUInt64LittleEndian(header[48..]);
        return layout;
    }

    public static InvalidDataException Damaged(string path, string how) =>
        new($"{path} is damaged: {how}; restore it from a copy or build the index anew");

    private long After(long section, int bytesPerRow) => (section + (long)Rows * bytesPerRow + Page - 1) / Page * Page;
}
