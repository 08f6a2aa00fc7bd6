using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>4 lanes of four bytes, SSSE3. The sum of two int16 products before widening saves a third of the multiplications.</summary>
internal readonly unsafe struct ByteLanes128 : IByteLanes<Vector128<int>, Vector128<float>>
{
    public static bool IsSupported => Ssse3.IsSupported;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(void* source) => Vector128.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Create(void* source) => Vector128.Create(*(int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector128<int> x) => Vector128.ConvertToSingle(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> sum, Vector128<int> u0, Vector128<int> s0, Vector128<int> u1, Vector128<int> s1)
    {
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(u0.AsByte(), s0.AsSByte()) + Ssse3.MultiplyAddAdjacent(u1.AsByte(), s1.AsSByte());
        return sum + Sse2.MultiplyAddAdjacent(pairs, Vector128.Create((short)1));
    }
}
