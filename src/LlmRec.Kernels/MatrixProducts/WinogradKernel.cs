using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>Chooses the tile of Winograd's inner product; a panel's columns are done by two vectors at a time.</summary>
internal static unsafe class WinogradKernel
{
    /// <summary>Rows of a full tile. Narrow vectors come with sixteen registers: eight sums, four of B and what is added.</summary>
    public static int Rows(LaneWidth width) => width switch
    {
        LaneWidth.V512 => 8,
        LaneWidth.Scalar => 1,
        _ => 4,
    };

    /// <summary>One tile of at most <see cref="Rows"/> rows and 32 columns, without bias, activation and residual; parameters as in <see cref="WinogradTile.Multiply{TLanes, TVector, TRows, TFinish}"/>.</summary>
    public static void Multiply(LaneWidth width, int rows, nint k, float* a, nint aRow, float* b, float* columns, float* offsets, float* start, float* factors, float* c, nint cRow, float* next, nint nextStep)
    {
        switch (width)
        {
            case LaneWidth.V512: Multiply<Lanes512, Vector512<float>>(rows, k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            case LaneWidth.V256: Multiply<Lanes256, Vector256<float>>(rows, k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            case LaneWidth.V128: Multiply<Lanes128, Vector128<float>>(rows, k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            default: Multiply<LanesScalar, float>(rows, k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
        }
    }

    /// <summary>Full tiles of 512 bits one below the other, with bias, activation and residual in their registers; parameters as in <see cref="WinogradTile.Multiply{TLanes, TVector, TRows, TFinish}"/>.</summary>
    public static void Column(Activation activation, int tiles, nint k, float* a, nint aRow, float* b, float* columns, float* offsets, float* start, float* factors, float* bias, float* residual, nint residualRow, float* c, nint cRow, float* next, nint nextStep)
    {
        switch (activation)
        {
            case Activation.Gelu: WinogradTile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.GeluFunction>(tiles, k, a, a, aRow, b, columns, offsets, start, factors, bias, residual, residualRow, c, cRow, next, nextStep); break;
            case Activation.GeluTanh: WinogradTile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.GeluTanhFunction>(tiles, k, a, a, aRow, b, columns, offsets, start, factors, bias, residual, residualRow, c, cRow, next, nextStep); break;
            case Activation.Silu: WinogradTile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.SiluFunction>(tiles, k, a, a, aRow, b, columns, offsets, start, factors, bias, residual, residualRow, c, cRow, next, nextStep); break;
            case Activation.Relu: WinogradTile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.ReluFunction>(tiles, k, a, a, aRow, b, columns, offsets, start, factors, bias, residual, residualRow, c, cRow, next, nextStep); break;
            default: WinogradTile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.Identity>(tiles, k, a, a, aRow, b, columns, offsets, start, factors, bias, residual, residualRow, c, cRow, next, nextStep); break;
        }
    }

    private static void Multiply<TLanes, TVector>(int rows, nint k, float* a, nint aRow, float* b, float* columns, float* offsets, float* start, float* factors, float* c, nint cRow, float* next, nint nextStep)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        switch (rows)
        {
            case 8: Multiply<TLanes, TVector, TileRows.R8>(k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            case 7: Multiply<TLanes, TVector, TileRows.R7>(k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            case 6: Multiply<TLanes, TVector, TileRows.R6>(k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            case 5: Multiply<TLanes, TVector, TileRows.R5>(k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            case 4: Multiply<TLanes, TVector, TileRows.R4>(k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            case 3: Multiply<TLanes, TVector, TileRows.R3>(k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            case 2: Multiply<TLanes, TVector, TileRows.R2>(k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
            default: Multiply<TLanes, TVector, TileRows.R1>(k, a, aRow, b, columns, offsets, start, factors, c, cRow, next, nextStep); break;
        }
    }

    private static void Multiply<TLanes, TVector, TRows>(nint k, float* a, nint aRow, float* b, float* columns, float* offsets, float* start, float* factors, float* c, nint cRow, float* next, nint nextStep)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
        where TRows : struct, ITileRows
    {
        for (int j = 0; j < TileKernel.PanelColumns; j += 2 * TLanes.Count, nextStep = 0)
            WinogradTile.Multiply<TLanes, TVector, TRows, LaneFunctions.Identity>(1, k, a, a, aRow, b + j, columns + j, offsets, start == null ? null : start + j, factors, null, null, 0, c + j, cRow, next, nextStep);
    }
}
