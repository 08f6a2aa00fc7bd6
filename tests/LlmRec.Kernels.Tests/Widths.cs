using System.Runtime.Intrinsics;

namespace LlmRec.Kernels.Tests;

/// <summary>The vector widths that this process can run.</summary>
internal static class Widths
{
    public static IEnumerable<LaneWidth> Available()
    {
        yield return LaneWidth.Scalar;
        if (Vector128.IsHardwareAccelerated) yield return LaneWidth.V128;
        if (LaneWidths.Best >= LaneWidth.V256) yield return LaneWidth.V256;
        if (LaneWidths.Best >= LaneWidth.V512) yield return LaneWidth.V512;
    }
}
