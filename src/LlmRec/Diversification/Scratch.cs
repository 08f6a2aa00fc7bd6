using System.Runtime.CompilerServices;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>A buffer that is kept from call to call and only ever grows.</summary>
internal sealed unsafe class Scratch<T> where T : unmanaged
{
    private AlignedBuffer<T> _buffer = new(0);

    /// <summary>The first <paramref name="length"/> elements, holding whatever the last call left there.</summary>
    public Span<T> Take(int length)
    {
        if (length > _buffer.Length)
            _buffer = new((int)Math.Min(Array.MaxLength - 64, Math.Max(length, _buffer.Length * 3L / 2)));
        return _buffer.Span[..length];
    }

    /// <summary>As <see cref="Take"/>, by address: the memory is pinned and stays while this object is reachable.</summary>
    public T* Pointer(int length) => (T*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(Take(length)));

    /// <summary>All elements of the given length, zeroed.</summary>
    public Span<T> Zeroed(int length)
    {
        Span<T> span = Take(length);
        span.Clear();
        return span;
    }
}
