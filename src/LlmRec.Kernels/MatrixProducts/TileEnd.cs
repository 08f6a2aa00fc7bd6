using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>The end of a tile whose sums are in registers: bias, activation, residual, and storing. Lanes as in <see cref="Tile"/>.</summary>
internal static unsafe class TileEnd
{
    /// <summary>
    /// c (rows, 2 vectors) = finish(sums + bias) + residual, with bias the same for every row, residual(i, j) at residual[i · residualRow + j], which
    /// may be c, and c(i, j) at c[i · cRow + j]. Bias and residual are null for nothing; residual and c are moved on by the rows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes, TVector, TRows, TFinish>(TVector x0, TVector x1, TVector x2, TVector x3, TVector x4, TVector x5, TVector x6, TVector x7, TVector y0, TVector y1, TVector y2, TVector y3, TVector y4, TVector y5, TVector y6, TVector y7, float* bias, ref float* residual, nint residualRow, ref float* c, nint cRow)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
        where TRows : struct, ITileRows
        where TFinish : struct, ILaneFunction
    {
        if (bias != null)
        {
            TVector u = TLanes.Load(bias), v = TLanes.Load(bias + TLanes.Count);
            x0 = TLanes.Add(x0, u); y0 = TLanes.Add(y0, v);
            if (TRows.Count > 1) { x1 = TLanes.Add(x1, u); y1 = TLanes.Add(y1, v); }
            if (TRows.Count > 2) { x2 = TLanes.Add(x2, u); y2 = TLanes.Add(y2, v); }
            if (TRows.Count > 3) { x3 = TLanes.Add(x3, u); y3 = TLanes.Add(y3, v); }
            if (TRows.Count > 4) { x4 = TLanes.Add(x4, u); y4 = TLanes.Add(y4, v); }
            if (TRows.Count > 5) { x5 = TLanes.Add(x5, u); y5 = TLanes.Add(y5, v); }
            if (TRows.Count > 6) { x6 = TLanes.Add(x6, u); y6 = TLanes.Add(y6, v); }
            if (TRows.Count > 7) { x7 = TLanes.Add(x7, u); y7 = TLanes.Add(y7, v); }
        }

        x0 = TFinish.Apply<TLanes, TVector>(x0); y0 = TFinish.Apply<TLanes, TVector>(y0);
        if (TRows.Count > 1) { x1 = TFinish.Apply<TLanes, TVector>(x1); y1 = TFinish.Apply<TLanes, TVector>(y1); }
        if (TRows.Count > 2) { x2 = TFinish.Apply<TLanes, TVector>(x2); y2 = TFinish.Apply<TLanes, TVector>(y2); }
        if (TRows.Count > 3) { x3 = TFinish.Apply<TLanes, TVector>(x3); y3 = TFinish.Apply<TLanes, TVector>(y3); }
        if (TRows.Count > 4) { x4 = TFinish.Apply<TLanes, TVector>(x4); y4 = TFinish.Apply<TLanes, TVector>(y4); }
        if (TRows.Count > 5) { x5 = TFinish.Apply<TLanes, TVector>(x5); y5 = TFinish.Apply<TLanes, TVector>(y5); }
        if (TRows.Count > 6) { x6 = TFinish.Apply<TLanes, TVector>(x6); y6 = TFinish.Apply<TLanes, TVector>(y6); }
        if (TRows.Count > 7) { x7 = TFinish.Apply<TLanes, TVector>(x7); y7 = TFinish.Apply<TLanes, TVector>(y7); }
        if (residual != null)
        {
            x0 = TLanes.Add(x0, TLanes.Load(residual)); y0 = TLanes.Add(y0, TLanes.Load(residual + TLanes.Count)); residual += residualRow;
            if (TRows.Count > 1) { x1 = TLanes.Add(x1, TLanes.Load(residual)); y1 = TLanes.Add(y1, TLanes.Load(residual + TLanes.Count)); residual += residualRow; }
            if (TRows.Count > 2) { x2 = TLanes.Add(x2, TLanes.Load(residual)); y2 = TLanes.Add(y2, TLanes.Load(residual + TLanes.Count)); residual += residualRow; }
            if (TRows.Count > 3) { x3 = TLanes.Add(x3, TLanes.Load(residual)); y3 = TLanes.Add(y3, TLanes.Load(residual + TLanes.Count)); residual += residualRow; }
            if (TRows.Count > 4) { x4 = TLanes.Add(x4, TLanes.Load(residual)); y4 = TLanes.Add(y4, TLanes.Load(residual + TLanes.Count)); residual += residualRow; }
            if (TRows.Count > 5) { x5 = TLanes.Add(x5, TLanes.Load(residual)); y5 = TLanes.Add(y5, TLanes.Load(residual + TLanes.Count)); residual += residualRow; }
            if (TRows.Count > 6) { x6 = TLanes.Add(x6, TLanes.Load(residual)); y6 = TLanes.Add(y6, TLanes.Load(residual + TLanes.Count)); residual += residualRow; }
            if (TRows.Count > 7) { x7 = TLanes.Add(x7, TLanes.Load(residual)); y7 = TLanes.Add(y7, TLanes.Load(residual + TLanes.Count)); residual += residualRow; }
        }

        TLanes.Store(x0, c); TLanes.Store(y0, c + TLanes.Count); c += cRow;
        if (TRows.Count > 1) { TLanes.Store(x1, c); TLanes.Store(y1, c + TLanes.Count); c += cRow; }
        if (TRows.Count > 2) { TLanes.Store(x2, c); TLanes.Store(y2, c + TLanes.Count); c += cRow; }
        if (TRows.Count > 3) { TLanes.Store(x3, c); TLanes.Store(y3, c + TLanes.Count); c += cRow; }
        if (TRows.Count > 4) { TLanes.Store(x4, c); TLanes.Store(y4, c + TLanes.Count); c += cRow; }
        if (TRows.Count > 5) { TLanes.Store(x5, c); TLanes.Store(y5, c + TLanes.Count); c += cRow; }
        if (TRows.Count > 6) { TLanes.Store(x6, c); TLanes.Store(y6, c + TLanes.Count); c += cRow; }
        if (TRows.Count > 7) { TLanes.Store(x7, c); TLanes.Store(y7, c + TLanes.Count); c += cRow; }
    }
}
