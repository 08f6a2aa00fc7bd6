using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>Loads and stores of fewer values than a vector has, by way of the stack, so that a tail takes the same path as the rest.</summary>
internal static unsafe class PartialLanes
{
    /// <summary>The first <paramref name="count"/> lanes from memory, the others <paramref name="fill"/>.</summary>
    [SkipLocalsInit]
    public static TVector Load<TLanes, TVector>(float* source, int count, float fill)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float* lanes = stackalloc float[16];
        for (int i = 0; i < TLanes.Count; i++) lanes[i] = i < count ? source[i] : fill;
        return TLanes.Load(lanes);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [SkipLocalsInit]
    public static void Store<TLanes, TVector>(TVector x, float* target, int count)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float* lanes = stackalloc float[16];
        TLanes.Store(x, lanes);
        for (int i = 0; i < count; i++) target[i] = lanes[i];
    }
}
