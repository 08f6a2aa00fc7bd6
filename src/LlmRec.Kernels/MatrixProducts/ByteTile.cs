using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>
/// The innermost product of bytes: up to 8 rows of unsigned bytes × 2 vectors of columns of signed ones, exact int32 sums. Lanes: a
/// lane of B holds four successive k of one column; xi sums the first vector of columns of row i, yi the second. A step takes 8 k.
/// </summary>
internal static unsafe class ByteTile
{
    /// <summary>Columns of a panel.</summary>
    public const int PanelColumns = 32;

    /// <summary>Successive k that a step takes; sums are filled up to a multiple of it.</summary>
    public const int Step = 8;

    /// <summary>Bytes of a step of a panel.</summary>
    public const int StepBytes = Step * PanelColumns;

    public static int Rows(LaneWidth width) => width switch
    {
        LaneWidth.V512 => 8,
        LaneWidth.Scalar => 1,
        _ => 4,
    };

    /// <summary>The widest multiply-add of bytes, which may be narrower than that of floats (NEON has none of this kind).</summary>
    public static LaneWidth Narrow(LaneWidth width) =>
        width == LaneWidth.V512 && ByteLanes512.IsSupported ? LaneWidth.V512 :
        width >= LaneWidth.V256 && ByteLanes256.IsSupported ? LaneWidth.V256 :
        width >= LaneWidth.V128 && ByteLanes128.IsSupported ? LaneWidth.V128 : LaneWidth.Scalar;

    /// <summary>c (rows, 32) = a (rows, 8 · steps) · panel.</summary>
    public static void Multiply(LaneWidth width, int rows, nint steps, byte* a, nint aRow, sbyte* panel, int* c)
    {
        switch (width)
        {
            case LaneWidth.V512: Multiply<ByteLanes512, Vector512<int>>(rows, steps, a, aRow, panel, c); break;
            case LaneWidth.V256: Multiply<ByteLanes256, Vector256<int>>(rows, steps, a, aRow, panel, c); break;
            case LaneWidth.V128: Multiply<ByteLanes128, Vector128<int>>(rows, steps, a, aRow, panel, c); break;
            default: Multiply<ByteLanesScalar, int>(rows, steps, a, aRow, panel, c); break;
        }
    }

    private static void Multiply<TLanes, TVector>(int rows, nint steps, byte* a, nint aRow, sbyte* panel, int* c)
        where TLanes : struct, IByteLanes<TVector>
        where TVector : struct
    {
        for (int j = 0; j < PanelColumns; j += 2 * TLanes.Count, panel += 8 * TLanes.Count, c += 2 * TLanes.Count)
        {
            switch (rows)
            {
                case 8: Multiply<TLanes, TVector, TileRows.R8>(steps, a, aRow, panel, c); break;
                case 7: Multiply<TLanes, TVector, TileRows.R7>(steps, a, aRow, panel, c); break;
                case 6: Multiply<TLanes, TVector, TileRows.R6>(steps, a, aRow, panel, c); break;
                case 5: Multiply<TLanes, TVector, TileRows.R5>(steps, a, aRow, panel, c); break;
                case 4: Multiply<TLanes, TVector, TileRows.R4>(steps, a, aRow, panel, c); break;
                case 3: Multiply<TLanes, TVector, TileRows.R3>(steps, a, aRow, panel, c); break;
                case 2: Multiply<TLanes, TVector, TileRows.R2>(steps, a, aRow, panel, c); break;
                default: Multiply<TLanes, TVector, TileRows.R1>(steps, a, aRow, panel, c); break;
            }
        }
    }

    /// <summary>Step s of the panel: k 0..3 of its 32 columns at s · 256, k 4..7 at s · 256 + 128.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TLanes, TVector, TRows>(nint steps, byte* a, nint aRow, sbyte* b, int* c)
        where TLanes : struct, IByteLanes<TVector>
        where TVector : struct
        where TRows : struct, ITileRows
    {
        TVector x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default;
        TVector y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default;
        byte* a0 = a, a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow, a6 = a5 + aRow, a7 = a6 + aRow;
        nint second = 4 * TLanes.Count, p = 0;
        for (; steps > 0; steps--)
        {
            TVector u = TLanes.Load(b), v = TLanes.Load(b + second), t = TLanes.Load(b + StepBytes / 2), w = TLanes.Load(b + StepBytes / 2 + second), q, r;
            q = TLanes.Create(a0 + p); r = TLanes.Create(a0 + p + 4); x0 = TLanes.MultiplyAdd(x0, q, u, r, t); y0 = TLanes.MultiplyAdd(y0, q, v, r, w);
            if (TRows.Count > 1) { q = TLanes.Create(a1 + p); r = TLanes.Create(a1 + p + 4); x1 = TLanes.MultiplyAdd(x1, q, u, r, t); y1 = TLanes.MultiplyAdd(y1, q, v, r, w); }
            if (TRows.Count > 2) { q = TLanes.Create(a2 + p); r = TLanes.Create(a2 + p + 4); x2 = TLanes.MultiplyAdd(x2, q, u, r, t); y2 = TLanes.MultiplyAdd(y2, q, v, r, w); }
            if (TRows.Count > 3) { q = TLanes.Create(a3 + p); r = TLanes.Create(a3 + p + 4); x3 = TLanes.MultiplyAdd(x3, q, u, r, t); y3 = TLanes.MultiplyAdd(y3, q, v, r, w); }
            if (TRows.Count > 4) { q = TLanes.Create(a4 + p); r = TLanes.Create(a4 + p + 4); x4 = TLanes.MultiplyAdd(x4, q, u, r, t); y4 = TLanes.MultiplyAdd(y4, q, v, r, w); }
            if (TRows.Count > 5) { q = TLanes.Create(a5 + p); r = TLanes.Create(a5 + p + 4); x5 = TLanes.MultiplyAdd(x5, q, u, r, t); y5 = TLanes.MultiplyAdd(y5, q, v, r, w); }
            if (TRows.Count > 6) { q = TLanes.Create(a6 + p); r = TLanes.Create(a6 + p + 4); x6 = TLanes.MultiplyAdd(x6, q, u, r, t); y6 = TLanes.MultiplyAdd(y6, q, v, r, w); }
            if (TRows.Count > 7) { q = TLanes.Create(a7 + p); r = TLanes.Create(a7 + p + 4); x7 = TLanes.MultiplyAdd(x7, q, u, r, t); y7 = TLanes.MultiplyAdd(y7, q, v, r, w); }
            p += Step;
            b += StepBytes;
        }

        TLanes.Store(x0, c); TLanes.Store(y0, c + TLanes.Count);
        if (TRows.Count > 1) { c += PanelColumns; TLanes.Store(x1, c); TLanes.Store(y1, c + TLanes.Count); }
        if (TRows.Count > 2) { c += PanelColumns; TLanes.Store(x2, c); TLanes.Store(y2, c + TLanes.Count); }
        if (TRows.Count > 3) { c += PanelColumns; TLanes.Store(x3, c); TLanes.Store(y3, c + TLanes.Count); }
        if (TRows.Count > 4) { c += PanelColumns; TLanes.Store(x4, c); TLanes.Store(y4, c + TLanes.Count); }
        if (TRows.Count > 5) { c += PanelColumns; TLanes.Store(x5, c); TLanes.Store(y5, c + TLanes.Count); }
        if (TRows.Count > 6) { c += PanelColumns; TLanes.Store(x6, c); TLanes.Store(y6, c + TLanes.Count); }
        if (TRows.Count > 7) { c += PanelColumns; TLanes.Store(x7, c); TLanes.Store(y7, c + TLanes.Count); }
    }
}
