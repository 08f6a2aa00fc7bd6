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

    /// <summary>c (rows, 32) = start + a (rows, k) · b (k, 32), rows at most <see cref="Rows"/>; parameters as in <see cref="Tile.Multiply{TLanes, TVector, TRows, TFinish}"/>.</summary>
    public static void Multiply(LaneWidth width, int rows, nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, float* start, nint startRow, float* plus, float* next, nint nextStep)
    {
        if (width == LaneWidth.V512)
        {
            switch (rows)
            {
                case 8: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); return;
                case 7: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R7, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); return;
                case 6: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R6, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); return;
                case 5: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R5, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); return;
                case 4: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R4, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); return;
                case 3: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R3, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); return;
                case 2: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R2, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); return;
                default: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R1, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); return;
            }
        }

        if (width == LaneWidth.V256)
        {
            for (int j = 0; j < PanelColumns; j += 16, nextStep = 0)
            {
                switch (rows)
                {
                    case 6: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R6, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    case 5: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R5, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    case 4: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R4, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    case 3: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R3, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    case 2: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R2, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    default: Tile.Multiply<Lanes256, Vector256<float>, TileRows.R1, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                }
            }
        }
        else if (width == LaneWidth.V128)
        {
            for (int j = 0; j < PanelColumns; j += 8, nextStep = 0)
            {
                switch (rows)
                {
                    case 6: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R6, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    case 5: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R5, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    case 4: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R4, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    case 3: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R3, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    case 2: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R2, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                    default: Tile.Multiply<Lanes128, Vector128<float>, TileRows.R1, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep); break;
                }
            }
        }
        else
        {
            for (int j = 0; j < PanelColumns; j += 2, nextStep = 0)
                Tile.Multiply<LanesScalar, float, TileRows.R1, LaneFunctions.Identity>(k, a, aRow, aStep, b + j, bStep, c + j, cRow, At(start, j), startRow, At(plus, j), next, nextStep);
        }
    }

    /// <summary>Whether a full tile of a width can apply an activation in its registers: narrower ones have none to spare.</summary>
    /// <remarks>Makes the tables first: tiles are compiled once and for all, and one compiled before them would ask for them at every use.</remarks>
    public static bool Finishes(LaneWidth width) => width == LaneWidth.V512 && LaneTables.Normal != null;

    /// <summary>c (8, 32) = activation(start + a (8, k) · b (k, 32)), without the way through memory that a finish of its own takes.</summary>
    public static void MultiplyAndFinish(Activation activation, nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, float* start, nint startRow, float* plus, float* next, nint nextStep)
    {
        switch (activation)
        {
            case Activation.Gelu: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.GeluFunction>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); break;
            case Activation.GeluTanh: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.GeluTanhFunction>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); break;
            case Activation.Silu: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.SiluFunction>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); break;
            case Activation.Relu: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.ReluFunction>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); break;
            default: Tile.Multiply<Lanes512, Vector512<float>, TileRows.R8, LaneFunctions.Identity>(k, a, aRow, aStep, b, bStep, c, cRow, start, startRow, plus, next, nextStep); break;
        }
    }

    private static float* At(float* from, int j) => from == null ? null : from + j;
}
