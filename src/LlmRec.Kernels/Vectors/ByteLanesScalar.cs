namespace LlmRec.Kernels;

/// <summary>One lane of four bytes: the plain twin.</summary>
internal readonly unsafe struct ByteLanesScalar : IByteLanes<int, float>
{
    public static int Count => 1;

    public static int Load(void* source) => *(int*)source;

    public static int Create(void* source) => *(int*)source;

    public static float ToSingle(int x) => x;

    public static int MultiplyAdd(int sum, int u0, int s0, int u1, int s1)
    {
        for (int shift = 0; shift < 32; shift += 8)
            sum += (byte)(u0 >> shift) * (sbyte)(s0 >> shift) + (byte)(u1 >> shift) * (sbyte)(s1 >> shift);
        return sum;
    }
}
