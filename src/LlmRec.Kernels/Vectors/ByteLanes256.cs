using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>8 lanes of four bytes, AVX2. The sum of two int16 products before widening saves a third of the multiplications.</summary>
internal readonly unsafe struct ByteLanes256 : IByteLanes<Vector256<int>, Vector256<float>>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(void* source) => Vector256.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Create(void* source) => Vector256.Create(*(int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector256<int> x) => Vector256.ConvertToSingle(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> u0, Vector256<int> s0, Vector256<int> u1, Vector256<int> s1)
    {
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(u0.AsByte(), s0.AsSByte()) + Avx2.MultiplyAddAdjacent(u1.AsByte(), s1.AsSByte());
        return sum + Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((short)1));
    }
}
