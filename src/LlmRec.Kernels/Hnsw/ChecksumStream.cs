using System.Numerics;
using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>
/// Writes and reads values and spans as they lie in memory, and keeps a 64-bit checksum of what passed. Each step of the sum is
/// reversible, so a change within one word always shows. Little-endian machines only, as .NET's all are.
/// </summary>
internal sealed class ChecksumStream(Stream stream) : IDisposable
{
    private ulong _sum = 0x9E3779B97F4A7C15;
    private ulong _pending;
    private int _pendingBytes;

    public long Length => stream.Length;

    public void Write<T>(T value) where T : unmanaged => Write(new ReadOnlySpan<T>(ref value));

    public void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        Add(bytes);
        stream.Write(bytes);
    }

    /// <exception cref="EndOfStreamException">The stream is shorter.</exception>
    public T Read<T>() where T : unmanaged
    {
        T value = default;
        Read(new Span<T>(ref value));
        return value;
    }

    /// <exception cref="EndOfStreamException">The stream is shorter.</exception>
    public void Read<T>(Span<T> values) where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        stream.ReadExactly(bytes);
        Add(bytes);
    }

    /// <summary>Ends the stream with the sum of all before.</summary>
    public void WriteChecksum() => Write(Sum);

    /// <exception cref="InvalidDataException">The sum that follows is not that of what was read.</exception>
    public void CheckChecksum(string path)
    {
        ulong sum = Sum;
        if (Read<ulong>() != sum)
            throw new InvalidDataException($"{path} is damaged: its checksum does not fit; copy or build the index again");
    }

    public void Dispose() => stream.Dispose();

    /// <summary>The checksum of all bytes so far, however they were cut.</summary>
    public ulong Sum => _pendingBytes == 0 ? _sum : Step(_sum, _pending + (ulong)_pendingBytes);

    /// <summary>Takes bytes into the sum without reading or writing them.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (_pendingBytes > 0 && bytes.Length > 0)
        {
            Hold(bytes[0]);
            bytes = bytes[1..];
        }
        ulong sum = _sum;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            sum = Step(sum, word);
        _sum = sum;
        foreach (byte b in bytes[(bytes.Length & ~7)..])
            Hold(b);
    }

    private void Hold(byte b)
    {
        _pending |= (ulong)b << (8 * _pendingBytes);
        if (++_pendingBytes < 8)
            return;
        _sum = Step(_sum, _pending);
        (_pending, _pendingBytes) = (0, 0);
    }

    private static ulong Step(ulong sum, ulong word) => BitOperations.RotateLeft((sum ^ word) * 0xBF58476D1CE4E5B9, 29);
}
