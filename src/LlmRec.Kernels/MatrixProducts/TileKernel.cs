using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>Chooses the tile. All widths read the same panels of 32 columns, so a packed matrix serves them all.</summary>
internal static unsafe class TileKernel
{
    /// <summary>Columns of a panel.</summary>
    public const int PanelColumns = 32;

    /// <summary>Most rows of a tile of any width.</summary>
    public const int MaxRows = 8;

    /// <summary>Rows of a full tile.</summary>
    public static int Rows(LaneWidth width) => width switch
    {
        LaneWidth.V512 => 8,
        LaneWidth.Scalar => 1,
        _ => 6,
    };

    /// <summary>c (rows, 32) = factors · (start + a (rows, k) · b (k, 32)), rows at most <see cref="Rows"/>; parameters as in <see cref="Tile.Multiply{TLanes, TVector, TRows, TFinish}"/>.</summary>
    public static void Multiply(LaneWidth width, int rows, nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, float* start, nint startRow, float* plus, float* next, nint nextStep, float* factors = null)
    {
        if (width == LaneWidth.V512)
        {
            switch (rows)
            {
                case 8: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b, bStep, c, cRow, start, startRow, plus, next, nextStep, false, null, factors); return;
                case 7: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R7, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b, bStep, c, cRow, start, startRow, plus, next, nextStep, false, null, factors); return;
                case 6: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R6, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b, bStep, c, cRow, start, startRow, plus, next, nextStep, false, null, factors); return;
                case 5: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R5, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b, bStep, c, cRow, start, startRow, plus, next, nextStep, false, null, factors); return;
                case 4: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R4, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b, bStep, c, cRow, start, startRow, plus, next, nextStep, false, null, factors); return;
                case 3: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R3, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b, bStep, c, cRow, start, startRow, plus, next, nextStep, false, null, factors); return;
                case 2: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R2, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b, bStep, c, cRow, start, startRow, plus, next, nextStep, false, null, factors); return;
                default: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R1, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b, bStep, c, cRow, start, startRow, plus, next, nextStep, false, null, factors); return;
            }
        }

        if (width == LaneWidth.V256)
        {
            for (int j = 0; j < PanelColumns; j += 16, nextStep = 0)
            {
                switch (rows)
                {
                    case 6: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R6, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    case 5: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R5, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    case 4: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R4, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    case 3: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R3, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    case 2: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R2, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    default: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R1, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                }
            }
        }
        else if (width == LaneWidth.V128)
        {
            for (int j = 0; j < PanelColumns; j += 8, nextStep = 0)
            {
                switch (rows)
                {
                    case 6: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R6, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    case 5: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R5, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    case 4: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R4, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    case 3: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R3, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    case 2: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R2, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                    default: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R1, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors); break;
                }
            }
        }
        else
        {
            for (int j = 0; j < PanelColumns; j += 2, nextStep = 0)
                Tile.Multiply<LanesScalar, float, TileRows.R1, LaneFunctions.Identity>(1, k, a, aRow, aStep, 0, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep, false, null, factors);
        }
    }

    /// <summary>Whether full tiles of a width are done column by column, and with their activation in registers: narrower ones, two or more to a panel, have none to spare and read their rows of A again at once.</summary>
    /// <remarks>Makes the tables first: tiles are compiled once and for all, and one compiled before them would ask for them at every use.</remarks>
    public static bool TakesColumns(LaneWidth width) => width == LaneWidth.V512 && LaneTables.Normal != null;

    /// <summary>c (8 · tiles, 32) = activation(start + a (8 · tiles, k) · b (k, 32)) of one width, without a call between the tiles nor a way through memory before the activation; parameters as in <see cref="Tile.Multiply{TLanes, TVector, TRows, TFinish}"/>.</summary>
    public static void Column(Activation activation, int tiles, nint k, float* a, nint aRow, nint aStep, nint aTile, float* b, nint bStep, float* c, nint cRow, float* start, nint startRow, float* plus, float* next, nint nextStep, bool fetchesC, float* startAfter, float* factors = null)
    {
        switch (activation)
        {
            case Activation.Gelu: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.GeluFunction>(tiles, k, a, aRow, aStep, aTile, b, bStep, c, cRow, start, startRow, plus, next, nextStep, fetchesC, startAfter, factors); break;
            case Activation.GeluTanh: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.GeluTanhFunction>(tiles, k, a, aRow, aStep, aTile, b, bStep, c, cRow, start, startRow, plus, next, nextStep, fetchesC, startAfter, factors); break;
            case Activation.Silu: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.SiluFunction>(tiles, k, a, aRow, aStep, aTile, b, bStep, c, cRow, start, startRow, plus, next, nextStep, fetchesC, startAfter, factors); break;
            case Activation.Relu: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.ReluFunction>(tiles, k, a, aRow, aStep, aTile, b, bStep, c, cRow, start, startRow, plus, next, nextStep, fetchesC, startAfter, factors); break;
            default: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.Identity>(tiles, k, a, aRow, aStep, aTile, b, bStep, c, cRow, start, startRow, plus, next, nextStep, fetchesC, startAfter, factors); break;
        }
    }

    private static float* At(float* from, int j) => from == null ? null : from + j;
}
