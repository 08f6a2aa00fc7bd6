using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>The epilogue of a tile that was just computed and lies in the first cache: c = activation(tile + bias) + residual.</summary>
internal static unsafe class TileFinish
{
    /// <summary>The tile of rows × columns at (i, j) of C; tile may be C's own place.</summary>
    public static void Apply(in ProductJob job, float* tile, nint tileRow, int i, int j, int rows, int columns)
    {
        switch (job.Activation)
        {
            case Activation.Gelu: Apply<LaneFunctions.GeluFunction>(job, tile, tileRow, i, j, rows, columns); break;
            case Activation.GeluTanh: Apply<LaneFunctions.GeluTanhFunction>(job, tile, tileRow, i, j, rows, columns); break;
            case Activation.Silu: Apply<LaneFunctions.SiluFunction>(job, tile, tileRow, i, j, rows, columns); break;
            case Activation.Relu: Apply<LaneFunctions.ReluFunction>(job, tile, tileRow, i, j, rows, columns); break;
            default: Apply<LaneFunctions.Identity>(job, tile, tileRow, i, j, rows, columns); break;
        }
    }

    private static void Apply<TFunction>(in ProductJob job, float* tile, nint tileRow, int i, int j, int rows, int columns) where TFunction : struct, ILaneFunction
    {
        float* bias = job.Bias == null ? null : job.Bias + j;
        for (int r = i; r < i + rows; r++, tile += tileRow)
        {
            float* c = job.C + r * job.CRow + j, residual = job.Residual == null ? null : job.Residual + r * job.ResidualRow + j;
            int q = job.Width switch
            {
                LaneWidth.V512 => Row<TFunction, Lanes512, Vector512<float>>(tile, c, bias, residual, 0, columns),
                LaneWidth.V256 => Row<TFunction, Lanes256, Vector256<float>>(tile, c, bias, residual, 0, columns),
                LaneWidth.V128 => Row<TFunction, Lanes128, Vector128<float>>(tile, c, bias, residual, 0, columns),
                _ => 0,
            };
            Row<TFunction, LanesScalar, float>(tile, c, bias, residual, q, columns);
        }
    }

    private static int Row<TFunction, TLanes, TVector>(float* tile, float* c, float* bias, float* residual, int q, int columns)
        where TFunction : struct, ILaneFunction
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // two at a time, so that what a function reads from tables is read once for both
        for (; q + 2 * TLanes.Count <= columns; q += 2 * TLanes.Count)
        {
            TVector x = TLanes.Load(tile + q), y = TLanes.Load(tile + q + TLanes.Count);
            if (bias != null)
            {
                x = TLanes.Add(x, TLanes.Load(bias + q));
                y = TLanes.Add(y, TLanes.Load(bias + q + TLanes.Count));
            }

            x = TFunction.Apply<TLanes, TVector>(x);
            y = TFunction.Apply<TLanes, TVector>(y);
            if (residual != null)
            {
                x = TLanes.Add(x, TLanes.Load(residual + q));
                y = TLanes.Add(y, TLanes.Load(residual + q + TLanes.Count));
            }

            TLanes.Store(x, c + q);
            TLanes.Store(y, c + q + TLanes.Count);
        }

        for (; q + TLanes.Count <= columns; q += TLanes.Count)
        {
            TVector x = TLanes.Load(tile + q);
            if (bias != null) x = TLanes.Add(x, TLanes.Load(bias + q));
            x = TFunction.Apply<TLanes, TVector>(x);
            if (residual != null) x = TLanes.Add(x, TLanes.Load(residual + q));
            TLanes.Store(x, c + q);
        }

        return q;
    }
}
