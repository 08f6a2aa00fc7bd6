using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>
/// Rows of one format in memory of their own or in a mapped file: codes from a 64-byte boundary on, <see cref="RowBytes"/> a row,
/// and for the integer formats a scale a row.
/// </summary>
internal sealed unsafe class RowStore
{
    private readonly object[] _owners;

    /// <summary>Allocates zero rows.</summary>
    public RowStore(RowFormat format, int dimensions, int capacity)
        : this(format, dimensions, capacity, new AlignedBuffer<byte>(checked(capacity * Bytes(format, dimensions))),
            HasScales(format) ? new AlignedBuffer<float>(capacity) : null)
    {
    }

    /// <summary>Rows that lie somewhere else, such as in a mapped file.</summary>
    /// <param name="format">Their format.</param>
    /// <param name="dimensions">Values a row d.</param>
    /// <param name="capacity">Number of rows n.</param>
    /// <param name="codes">n × <see cref="RowBytes"/>, on a 64-byte boundary.</param>
    /// <param name="scales">n scales, or <c>null</c> for a format without.</param>
    /// <param name="owner">What must stay reachable for the memory to stay valid.</param>
    public RowStore(RowFormat format, int dimensions, int capacity, byte* codes, float* scales, object owner)
    {
        Format = format;
        Dimensions = dimensions;
        Capacity = capacity;
        RowBytes = Bytes(format, dimensions);
        Codes = codes;
        Scales = scales;
        _owners = [owner];
    }

    private RowStore(RowFormat format, int dimensions, int capacity, AlignedBuffer<byte> codes, AlignedBuffer<float>? scales)
        : this(format, dimensions, capacity, codes.Pointer, scales is null ? null : scales.Pointer, codes)
    {
        if (scales is not null) _owners = [codes, scales];
    }

    public RowFormat Format { get; }

    /// <summary>Values a row d.</summary>
    public int Dimensions { get; }

    /// <summary>Number of rows there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int RowBytes { get; }

    public byte* Codes { get; }

    public float* Scales { get; }

    public static bool HasScales(RowFormat format) => format is RowFormat.Int8 or RowFormat.Int4;

    /// <summary>Bytes a row takes: whole cache lines, but whole 64-bit words for signs, where a line would be mostly padding.</summary>
    public static int Bytes(RowFormat format, int dimensions) => format switch
    {
        RowFormat.Float32 => (dimensions + 15) / 16 * 64,
        RowFormat.Float16 or RowFormat.BFloat16 => (dimensions + 31) / 32 * 64,
        RowFormat.Int8 => (dimensions + 63) / 64 * 64,
        RowFormat.Int4 => (dimensions + 127) / 128 * 64,
        RowFormat.Sign => (dimensions + 63) / 64 * 8,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown row format"),
    };

    /// <summary>Codes and stores a row of d finite values.</summary>
    public void Write(int i, ReadOnlySpan<float> row)
    {
        var codes = new Span<byte>(Codes + (long)i * RowBytes, RowBytes);
        float scale = RowCoding.Encode(Format, row, codes);
        if (Scales != null) Scales[i] = scale;
        GC.KeepAlive(this);
    }

    /// <summary>Decodes a row into d values.</summary>
    public void Read(int i, Span<float> row)
    {
        RowCoding.Decode(Format, new ReadOnlySpan<byte>(Codes + (long)i * RowBytes, RowBytes), Scales == null ? 1 : Scales[i], row);
        GC.KeepAlive(this);
    }

    /// <summary>Copies a row's codes from a store of the same format.</summary>
    public void Copy(int i, RowStore from, int j)
    {
        Unsafe.CopyBlock(Codes + (long)i * RowBytes, from.Codes + (long)j * RowBytes, (uint)RowBytes);
        if (Scales != null) Scales[i] = from.Scales[j];
        GC.KeepAlive(this);
        GC.KeepAlive(from);
    }

    /// <summary>A view of some of the rows.</summary>
    public RowStore Part(int first, int count) =>
        new(Format, Dimensions, count, Codes + (long)first * RowBytes, Scales == null ? null : Scales + first, this);

    /// <summary>The codes of some rows.</summary>
    public ReadOnlySpan<byte> CodesOf(int first, int count) => new(Codes + (long)first * RowBytes, checked(count * RowBytes));

    /// <summary>The scales of some rows; empty for a format without.</summary>
    public ReadOnlySpan<float> ScalesOf(int first, int count) => Scales == null ? default : new(Scales + first, count);

    /// <summary>True when no code or scale of some rows stands for NaN or infinity.</summary>
    public bool IsFinite(int first, int count)
    {
        ReadOnlySpan<byte> codes = CodesOf(first, count);
        return Similarity.IsFinite(ScalesOf(first, count)) && Format switch
        {
            RowFormat.Float32 => Similarity.IsFinite(MemoryMarshal.Cast<byte, float>(codes)),
            RowFormat.Float16 => NoneHasAll(MemoryMarshal.Cast<byte, ushort>(codes), 0x7C00),
            RowFormat.BFloat16 => NoneHasAll(MemoryMarshal.Cast<byte, ushort>(codes), 0x7F80),
            _ => true,
        };
    }

    private static bool NoneHasAll(ReadOnlySpan<ushort> codes, int exponent)
    {
        foreach (ushort code in codes)
            if ((code & exponent) == exponent) return false;
        return true;
    }
}
