using System.Numerics;
using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>Sets of handles as bitmaps: bit h of word h / 64.</summary>
internal static class Bits
{
    public static int Words(int bits) => (bits + 63) >> 6;

    public static bool Get(ReadOnlySpan<ulong> bits, int i) => (bits[i >> 6] >> i & 1) != 0;

    public static void Set(Span<ulong> bits, int i) => bits[i >> 6] |= 1UL << i;

    public static void Clear(Span<ulong> bits, int i) => bits[i >> 6] &= ~(1UL << i);

    public static void And(Span<ulong> bits, ReadOnlySpan<ulong> other) => TensorPrimitives.BitwiseAnd(bits, other, bits);

    public static void Or(Span<ulong> bits, ReadOnlySpan<ulong> other) => TensorPrimitives.BitwiseOr(bits, other, bits);

    public static void AndNot(Span<ulong> bits, ReadOnlySpan<ulong> other)
    {
        for (int w = 0; w < bits.Length; w++) bits[w] &= ~other[w];
    }

    public static int Count(ReadOnlySpan<ulong> bits)
    {
        int n = 0;
        foreach (ulong word in bits) n += BitOperations.PopCount(word);
        return n;
    }
}
