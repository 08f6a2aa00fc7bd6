using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>The codes of each format, one row at a time: the plain definition the scorers are tested against.</summary>
internal static class RowCoding
{
    /// <summary>Largest magnitude of an 8-bit code; stored with 128 added.</summary>
    public const int Int8Limit = 127;

    /// <summary>Largest magnitude of a 4-bit code; stored with 8 added.</summary>
    public const int Int4Limit = 7;

    /// <summary>Writes a row's codes and returns its scale (1 for a format without). The padding is written as zero values.</summary>
    public static float Encode(RowFormat format, ReadOnlySpan<float> row, Span<byte> codes)
    {
        switch (format)
        {
            case RowFormat.Float32:
                row.CopyTo(MemoryMarshal.Cast<byte, float>(codes));
                codes[(row.Length * sizeof(float))..].Clear();
                return 1;
            case RowFormat.Float16:
                EncodeHalves(row, MemoryMarshal.Cast<byte, ushort>(codes), static v => BitConverter.HalfToUInt16Bits((Half)v));
                return 1;
            case RowFormat.BFloat16:
                EncodeHalves(row, MemoryMarshal.Cast<byte, ushort>(codes), ToBFloat16);
                return 1;
            case RowFormat.Int8:
                return EncodeInt8(row, codes);
            case RowFormat.Int4:
                return EncodeInt4(row, codes);
            default:
                EncodeSigns(row, codes);
                return 1;
        }
    }

    /// <summary>Writes the d values that a row's codes stand for; for signs ±1/√d, a vector of unit length.</summary>
    public static void Decode(RowFormat format, ReadOnlySpan<byte> codes, float scale, Span<float> row)
    {
        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(codes);
        float unit = 1 / MathF.Sqrt(row.Length);
        if (format == RowFormat.Float32)
        {
            MemoryMarshal.Cast<byte, float>(codes)[..row.Length].CopyTo(row);
            return;
        }
        for (int j = 0; j < row.Length; j++)
            row[j] = format switch
            {
                RowFormat.Float16 => (float)BitConverter.UInt16BitsToHalf(halves[j]),
                RowFormat.BFloat16 => BitConverter.UInt32BitsToSingle((uint)halves[j] << 16),
                RowFormat.Int8 => (codes[j] - 128) * scale,
                RowFormat.Int4 => (j < codes.Length ? (codes[j] & 15) - 8 : (codes[j - codes.Length] >> 4) - 8) * scale,
                _ => (codes[j >> 3] >> (j & 7) & 1) != 0 ? unit : -unit,
            };
    }

    /// <summary>True when the values fit the format's range; all formats but float16 reach as far as float32.</summary>
    public static bool Fits(RowFormat format, ReadOnlySpan<float> row)
    {
        if (format != RowFormat.Float16) return true;
        foreach (float v in row)
            if (!Half.IsFinite((Half)v)) return false;
        return true;
    }

    private static void EncodeHalves(ReadOnlySpan<float> row, Span<ushort> codes, Func<float, ushort> code)
    {
        for (int j = 0; j < row.Length; j++) codes[j] = code(row[j]);
        codes[row.Length..].Clear();
    }

    // Round to nearest, ties to even; a finite value too large for it keeps the largest bfloat16 instead of becoming infinite.
    private static ushort ToBFloat16(float v)
    {
        uint bits = BitConverter.SingleToUInt32Bits(v), rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
        return (ushort)((rounded & 0x7F80) == 0x7F80 ? rounded - 1 : rounded);
    }

    private static float EncodeInt8(ReadOnlySpan<float> row, Span<byte> codes)
    {
        float scale = Scale(row, Int8Limit, out double inverse);
        for (int j = 0; j < row.Length; j++) codes[j] = (byte)(128 + (int)Math.Round(row[j] * inverse));
        codes[row.Length..].Fill(128);
        return scale;
    }

    // Byte j holds value j in its lower half and value j + RowBytes in its upper: two runs of values a register unpacks with a mask and a shift.
    private static float EncodeInt4(ReadOnlySpan<float> row, Span<byte> codes)
    {
        float scale = Scale(row, Int4Limit, out double inverse);
        codes.Fill(0x88);
        for (int j = 0; j < row.Length; j++)
        {
            int code = 8 + (int)Math.Round(row[j] * inverse);
            if (j < codes.Length) codes[j] = (byte)(0x80 | code);
            else codes[j - codes.Length] = (byte)(codes[j - codes.Length] & 15 | code << 4);
        }
        return scale;
    }

    private static void EncodeSigns(ReadOnlySpan<float> row, Span<byte> codes)
    {
        codes.Clear();
        for (int j = 0; j < row.Length; j++)
            if (row[j] > 0) codes[j >> 3] |= (byte)(1 << (j & 7));
    }

    private static float Scale(ReadOnlySpan<float> row, int limit, out double inverse)
    {
        float largest = 0;
        foreach (float v in row) largest = Math.Max(largest, Math.Abs(v));
        inverse = largest == 0 ? 0 : limit / (double)largest;
        return largest / limit;
    }
}
