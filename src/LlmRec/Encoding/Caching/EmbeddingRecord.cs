using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace LlmRec;

/// <summary>
/// A record of a cache file, little-endian: CRC-32C of all that follows (4 bytes), dimensions d (4), key (16), d float32.
/// </summary>
internal static class EmbeddingRecord
{
    public const int HeaderBytes = 24;
    public const int MostDimensions = 1 << 16;

    public static int BytesOf(int dimensions) => HeaderBytes + 4 * dimensions;

    public static void Check(ReadOnlySpan<float> vector)
    {
        if (vector.Length is < 1 or > MostDimensions) throw new ArgumentException($"a vector of {vector.Length} dimensions cannot be cached: 1 to {MostDimensions} are possible", nameof(vector));
        foreach (float x in vector)
            if (!float.IsFinite(x)) throw new ArgumentException($"a vector with {x} in it cannot be cached", nameof(vector));
    }

    public static void Write(Span<byte> record, EmbeddingKey key, ReadOnlySpan<float> vector)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], vector.Length);
        BinaryPrimitives.WriteUInt128LittleEndian(record[8..], key.Hash);
        Span<byte> values = record[HeaderBytes..];
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(vector).CopyTo(values);
        else for (int i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(values[(4 * i)..], vector[i]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(record[4..BytesOf(vector.Length)]));
    }

    /// <summary>Reads what stands at the start of some bytes.</summary>
    /// <param name="bytes">A record and what follows it, or anything else.</param>
    /// <param name="key">Its key.</param>
    /// <param name="dimensions">Its dimensions; set also when the record goes on beyond the bytes.</param>
    /// <returns>False when no whole, undamaged record starts here.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EmbeddingKey key, out int dimensions)
    {
        key = default;
        dimensions = 0;
        if (bytes.Length < HeaderBytes) return false;
        int d = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (d is < 1 or > MostDimensions) return false;
        dimensions = d;
        if (bytes.Length < BytesOf(d) || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Checksum(bytes[4..BytesOf(d)])) return false;
        key = new(BinaryPrimitives.ReadUInt128LittleEndian(bytes[8..]));
        return true;
    }

    public static void Values(ReadOnlySpan<byte> record, Span<float> vector)
    {
        ReadOnlySpan<byte> values = record.Slice(HeaderBytes, 4 * vector.Length);
        if (BitConverter.IsLittleEndian) values.CopyTo(MemoryMarshal.AsBytes(vector));
        else for (int i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(values[(4 * i)..]);
    }

    /// <summary>CRC-32C (Castagnoli).</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
