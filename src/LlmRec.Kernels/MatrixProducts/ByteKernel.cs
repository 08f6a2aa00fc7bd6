using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>Chooses the tile of bytes; a panel's columns are done by two vectors at a time.</summary>
internal static unsafe class ByteKernel
{
    /// <summary>Rows of a full tile.</summary>
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

    /// <summary>One tile of at most <see cref="Rows"/> rows and 32 columns, without bias, activation and residual; parameters as in <see cref="ByteTile.Multiply{TLanes, TVector, TFloats, TFloat, TRows, TFinish}"/>.</summary>
    public static void Multiply(LaneWidth width, int count, nint steps, byte* a, nint aRow, in ByteScales rows, sbyte* b, in ByteScales columns, float* c, nint cRow, sbyte* next, nint nextStep)
    {
        switch (width)
        {
            case LaneWidth.V512: Multiply<ByteLanes512, Vector512<int>, Lanes512, Vector512<float>>(count, steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            case LaneWidth.V256: Multiply<ByteLanes256, Vector256<int>, Lanes256, Vector256<float>>(count, steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            case LaneWidth.V128: Multiply<ByteLanes128, Vector128<int>, Lanes128, Vector128<float>>(count, steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            default: Multiply<ByteLanesScalar, int, LanesScalar, float>(count, steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
        }
    }

    /// <summary>Full tiles of 512 bits one below the other, with bias, activation and residual in their registers; parameters as in <see cref="ByteTile.Multiply{TLanes, TVector, TFloats, TFloat, TRows, TFinish}"/>.</summary>
    public static void Column(Activation activation, int tiles, nint steps, byte* a, nint aRow, in ByteScales rows, sbyte* b, in ByteScales columns, float* bias, float* residual, nint residualRow, float* c, nint cRow, sbyte* next, nint nextStep)
    {
        switch (activation)
        {
            case Activation.Gelu: ByteTile.Multiply<ByteLanes512, Vector512<int>, Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.GeluFunction>(tiles, steps, a, aRow, rows, b, columns, bias, residual, residualRow, c, cRow, next, nextStep); break;
            case Activation.GeluTanh: ByteTile.Multiply<ByteLanes512, Vector512<int>, Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.GeluTanhFunction>(tiles, steps, a, aRow, rows, b, columns, bias, residual, residualRow, c, cRow, next, nextStep); break;
            case Activation.Silu: ByteTile.Multiply<ByteLanes512, Vector512<int>, Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.SiluFunction>(tiles, steps, a, aRow, rows, b, columns, bias, residual, residualRow, c, cRow, next, nextStep); break;
            case Activation.Relu: ByteTile.Multiply<ByteLanes512, Vector512<int>, Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.ReluFunction>(tiles, steps, a, aRow, rows, b, columns, bias, residual, residualRow, c, cRow, next, nextStep); break;
            default: ByteTile.Multiply<ByteLanes512, Vector512<int>, Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.Identity>(tiles, steps, a, aRow, rows, b, columns, bias, residual, residualRow, c, cRow, next, nextStep); break;
        }
    }

    private static void Multiply<TLanes, TVector, TFloats, TFloat>(int count, nint steps, byte* a, nint aRow, in ByteScales rows, sbyte* b, in ByteScales columns, float* c, nint cRow, sbyte* next, nint nextStep)
        where TLanes : struct, IByteLanes<TVector, TFloat>
        where TVector : struct
        where TFloats : struct, ILanes<TFloat>
        where TFloat : struct
    {
        switch (count)
        {
            case 8: Multiply<TLanes, TVector, TFloats, TFloat, TileRows.R8>(steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            case 7: Multiply<TLanes, TVector, TFloats, TFloat, TileRows.R7>(steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            case 6: Multiply<TLanes, TVector, TFloats, TFloat, TileRows.R6>(steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            case 5: Multiply<TLanes, TVector, TFloats, TFloat, TileRows.R5>(steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            case 4: Multiply<TLanes, TVector, TFloats, TFloat, TileRows.R4>(steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            case 3: Multiply<TLanes, TVector, TFloats, TFloat, TileRows.R3>(steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            case 2: Multiply<TLanes, TVector, TFloats, TFloat, TileRows.R2>(steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
            default: Multiply<TLanes, TVector, TFloats, TFloat, TileRows.R1>(steps, a, aRow, rows, b, columns, c, cRow, next, nextStep); break;
        }
    }

    private static void Multiply<TLanes, TVector, TFloats, TFloat, TRows>(nint steps, byte* a, nint aRow, in ByteScales rows, sbyte* b, in ByteScales columns, float* c, nint cRow, sbyte* next, nint nextStep)
        where TLanes : struct, IByteLanes<TVector, TFloat>
        where TVector : struct
        where TFloats : struct, ILanes<TFloat>
        where TFloat : struct
        where TRows : struct, ITileRows
    {
        for (int j = 0; j < ByteTile.PanelColumns; j += 2 * TLanes.Count, nextStep = 0)
            ByteTile.Multiply<TLanes, TVector, TFloats, TFloat, TRows, LaneFunctions.Identity>(1, steps, a, aRow, rows, b + 4 * j, columns.From(j), null, null, 0, c + j, cRow, next, nextStep);
    }
}
