using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>The addresses of <see cref="ChunkedRows{T}"/>, small enough to live in registers.</summary>
internal readonly unsafe struct RowTable<T>(T** chunks, int shift, int stride) where T : unmanaged
{
    /// <summary>Elements of a row with its padding; whole cache lines.</summary>
    public readonly int Stride = stride;

    private readonly T** _chunks = chunks;
    private readonly int _shift = shift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Row(int i) => _chunks[(uint)i >> _shift] + (nint)(i & ((1 << _shift) - 1)) * Stride;
}
