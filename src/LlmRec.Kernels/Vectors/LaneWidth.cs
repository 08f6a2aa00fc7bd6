using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>The widths that every kernel exists in, in bits.</summary>
internal enum LaneWidth
{
    Scalar = 32,
    V128 = 128,
    V256 = 256,
    V512 = 512,
}

/// <summary>What this processor (and the runtime's switches) offers.</summary>
internal static class LaneWidths
{
    /// <summary>The widest that is at hand.</summary>
    public static LaneWidth Best { get; } =
        Vector512.IsHardwareAccelerated ? LaneWidth.V512 :
        Vector256.IsHardwareAccelerated && Fma.IsSupported ? LaneWidth.V256 :
        Vector128.IsHardwareAccelerated ? LaneWidth.V128 : LaneWidth.Scalar;
}
