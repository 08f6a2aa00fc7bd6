using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>
/// A score and a node in 64 bits whose order as numbers is the order of results: the higher score first, of equal scores the lower
/// node. Bit 0 marks a node whose neighbours have been looked at.
/// </summary>
internal static class HnswKey
{
    public const ulong Expanded = 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(float score, int node) => (ulong)Ordered(score) << 32 | ((uint)int.MaxValue - (uint)node) << 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Node(ulong key) => int.MaxValue - (int)((uint)key >> 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(ulong key)
    {
        uint bits = (uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((bits & 0x8000_0000) != 0 ? bits ^ 0x8000_0000 : ~bits);
    }

    // Negative floats sort backwards by their bits: flip them whole, positive ones by the sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Ordered(float score)
    {
        uint bits = BitConverter.SingleToUInt32Bits(score + 0f);
        return bits ^ ((uint)((int)bits >> 31) | 0x8000_0000);
    }
}
