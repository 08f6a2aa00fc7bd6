namespace LlmRec.Transformers;

/// <summary>bfloat16 is the upper half of a float32.</summary>
internal static class BFloat16
{
    /// <summary>The nearest, halves to even; NaN stays NaN.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)(bits >> 16 | 0x40) : (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }

    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
}
