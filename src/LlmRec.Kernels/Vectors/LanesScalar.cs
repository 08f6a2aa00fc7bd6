using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>One lane: the plain twin of the vectors, for tails and for processors without any.</summary>
internal readonly unsafe struct LanesScalar : ILanes<float>
{
    public static int Count => 1;

    public static float Load(float* source) => *source;

    public static void Store(float x, float* target) => *target = x;

    public static float Create(float value) => value;

    public static float Add(float a, float b) => a + b;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    public static float Divide(float a, float b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? MathF.FusedMultiplyAdd(a, b, c) : a * b + c;

    public static float Max(float a, float b) => a > b ? a : b;

    public static float Min(float a, float b) => a < b ? a : b;

    public static float SelectLess(float a, float b, float x, float y) => a < b ? x : y;

    public static float PowerOfTwo(float shifted) =>
        BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(shifted) << 23) + 0x3f800000);

    public static float Sum(float x) => x;

    public static float MaxAcross(float x) => x;

    public static Vector128<float> SumOfEach(float a, float b, float c, float d) => Vector128.Create(a, b, c, d);

    public static Vector128<float> MaxOfEach(float a, float b, float c, float d) => Vector128.Create(a, b, c, d);

    public static void StoreLowBytes(float x, byte* target) => *target = (byte)BitConverter.SingleToInt32Bits(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Abs(float x) => MathF.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Lookup16(float* table, float index) => table[BitConverter.SingleToInt32Bits(index) & 15];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AddSixteenths(float x, float shifted) =>
        BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) + (BitConverter.SingleToInt32Bits(shifted) << 19));
}
