using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>
/// A fixed-size array of an unmanaged type whose first element lies on a 64-byte boundary, so that a cache line and a 512-bit
/// load never straddle. Ordinary garbage-collected memory on the pinned heap: nothing to dispose. Buffers of 4 MiB and more
/// start on a 2 MiB boundary and ask the system for huge pages.
/// </summary>
/// <typeparam name="T">Element type; its size must divide 64.</typeparam>
/// <remarks>Reading from several threads is safe; writing is the owner's to order.</remarks>
public sealed class AlignedBuffer<T> where T : unmanaged
{
    /// <summary>The alignment in bytes.</summary>
    public const int Alignment = 64;

    private readonly T[] _array;
    private readonly int _start;

    /// <summary>Allocates <paramref name="length"/> elements, all zero.</summary>
    /// <param name="length">Number of elements, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or beyond what an array can hold.</exception>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int size = Unsafe.SizeOf<T>();
        long bytes = (long)length * size;
        int slack = Alignment / size;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength - slack);

        // The slack before the first element is never touched, so it costs address space and no memory.
        bool huge = bytes >= 2L * HugePages.Size && length <= Array.MaxLength - HugePages.Size / size;
        int alignment = huge ? HugePages.Size : Alignment;
        _array = huge
            ? GC.AllocateUninitializedArray<T>(length + alignment / size, pinned: true)
            : GC.AllocateArray<T>(length + slack, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _start = (int)(((address + alignment - 1) & -(nint)alignment) - address) / size;
        Length = length;
        if (!huge) return;
        unsafe
        {
            HugePages.Advise(Pointer, bytes);
        }
        Span.Clear();
    }

    private AlignedBuffer(T[] array, int start, int length)
    {
        _array = array;
        _start = start;
        Length = length;
    }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>A part that shares the memory; it is aligned when its first element is.</summary>
    internal AlignedBuffer<T> Slice(int from, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)from, (uint)Length, nameof(from));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Length - from), nameof(length));
        return new(_array, _start + from, length);
    }

    /// <summary>All elements.</summary>
    public Span<T> Span => new(_array, _start, Length);

    /// <summary>All elements, for asynchronous code.</summary>
    public Memory<T> Memory => new(_array, _start, Length);

    /// <summary>The address of the first element; the array is pinned, so it stays valid while this object is reachable.</summary>
    internal unsafe T* Pointer => (T*)Marshal.UnsafeAddrOfPinnedArrayElement(_array, _start);
}
