using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>XXH64 (Yann Collet's public specification, seed 0): a checksum as fast as memory, against accidents and not against forgery.</summary>
internal static class XxHash64
{
    private const ulong P1 = 0x9E3779B185EBCA87, P2 = 0xC2B2AE3D27D4EB4F, P3 = 0x165667B19E3779F9, P4 = 0x85EBCA77C2B2AE63, P5 = 0x27D4EB2F165667C5;

    /// <summary>The checksum of one run of bytes.</summary>
    public static ulong Hash(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            ulong hash = P5;
            ReadOnlySpan<byte> rest = data;
            if (data.Length >= 32)
            {
                ulong a = P1 + P2, b = P2, c = 0, d = 0 - P1;
                ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(data[..(data.Length & ~31)]);
                for (int i = 0; i < words.Length; i += 4)
                {
                    a = Round(a, Little(words[i]));
                    b = Round(b, Little(words[i + 1]));
                    c = Round(c, Little(words[i + 2]));
                    d = Round(d, Little(words[i + 3]));
                }
                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
                hash = (hash ^ Round(0, a)) * P1 + P4;
                hash = (hash ^ Round(0, b)) * P1 + P4;
                hash = (hash ^ Round(0, c)) * P1 + P4;
                hash = (hash ^ Round(0, d)) * P1 + P4;
                rest = data[(data.Length & ~31)..];
            }
            hash += (ulong)data.Length;
            for (; rest.Length >= 8; rest = rest[8..])
                hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest)), 27) * P1 + P4;
            if (rest.Length >= 4)
            {
                hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(rest) * P1, 23) * P2 + P3;
                rest = rest[4..];
            }
            foreach (byte value in rest)
                hash = BitOperations.RotateLeft(hash ^ value * P5, 11) * P1;
            hash = (hash ^ hash >> 33) * P2;
            hash = (hash ^ hash >> 29) * P3;
            return hash ^ hash >> 32;
        }
    }

    private static ulong Round(ulong sum, ulong word) => unchecked(BitOperations.RotateLeft(sum + word * P2, 31) * P1);

    private static ulong Little(ulong word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
}
