using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// The innermost product: a tile of up to 8 rows × 2 vectors of C lives in registers while k runs. With 512 bits that is 8 × 32 in
/// 16 of 32 registers, with 256 bits 6 × 16 and with 128 bits 6 × 8 in 12 of 16. Lanes: xi holds the first vector of row i, yi the
/// second. Per k: two loads of B, a broadcast per row, two multiply-adds per row. Every element of C is one chain of multiply-adds
/// over ascending k whatever the tile, so one row gives the same bits as many, and all fused widths agree. Optimised at once instead of
/// after tiers: measured, the first products of a process are thirty times faster and the later ones as fast.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>c (rows, 2 vectors) = finish(factors · (start + a (rows, k) · b (k, 2 vectors))), and so for further tiles below.</summary>
    /// <param name="tiles">How many, at least 1.</param>
    /// <param name="aTile">Elements of a from one tile to the next.</param>
    /// <param name="k">Length of the sum.</param>
    /// <param name="a">a(i, p) at a[i · aRow + p · aStep].</param>
    /// <param name="aRow">Elements from row to row of a.</param>
    /// <param name="aStep">Elements from one p to the next.</param>
    /// <param name="b">b(p, j) at b[p · bStep + j].</param>
    /// <param name="bStep">Elements from row to row of b.</param>
    /// <param name="c">c(i, j) at c[i · cRow + j].</param>
    /// <param name="cRow">Elements from row to row of c.</param>
    /// <param name="start">What the chains start from, start(i, j) at start[i · startRow + j]; null for zero; may be c.</param>
    /// <param name="startRow">Elements from row to row of start; 0 for the same in every row.</param>
    /// <param name="plus">Added to every row of start, plus(j) at plus[j]; null for nothing.</param>
    /// <param name="next">What will be read after this: a line is fetched into the second cache with every step of k in the first two tiles.</param>
    /// <param name="nextStep">Elements from one line to fetch to the next; 0 to fetch nothing new.</param>
    /// <param name="fetchesC">Whether to fetch each tile of c while it is computed: what fits no cache would otherwise be waited for when it is stored.</param>
    /// <param name="factors">What the rows are multiplied by before the finish, rows values a tile; null for nothing.</param>
    /// <param name="startAfter">Rows that start later tiles, to be fetched with the last one; null for none. Those of the tiles before fetch their follower's.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TLanes, TVector, TRows, TFinish>(int tiles, nint k, float* a, nint aRow, nint aStep, nint aTile, float* b, nint bStep, float* c, nint cRow, float* start, nint startRow, float* plus, float* next, nint nextStep, bool fetchesC, float* startAfter, float* factors)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
        where TRows : struct, ITileRows
        where TFinish : struct, ILaneFunction
    {
        // three pointers and two strides reach eight rows: with a pointer a row the loop would run out of registers
        nint s1 = aRow * sizeof(float), s2 = 2 * s1, step = aStep * sizeof(float);
        for (int t = 0; ; t++)
        {
            bool last = t == tiles - 1;
            if (fetchesC) FetchToSecond<TRows>(c, cRow);
            // the chains of the next tile begin with its residual: waiting for it there would cost one and a half per cent
            if (startRow != 0 && (!last || startAfter != null)) Fetch<TRows>(last ? startAfter : start + TRows.Count * startRow, startRow);

            TVector x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default;
            TVector y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default;
            if (start != null)
            {
                float* s = start;
                x0 = TLanes.Load(s); y0 = TLanes.Load(s + TLanes.Count);
                if (TRows.Count > 1) { s += startRow; x1 = TLanes.Load(s); y1 = TLanes.Load(s + TLanes.Count); }
                if (TRows.Count > 2) { s += startRow; x2 = TLanes.Load(s); y2 = TLanes.Load(s + TLanes.Count); }
                if (TRows.Count > 3) { s += startRow; x3 = TLanes.Load(s); y3 = TLanes.Load(s + TLanes.Count); }
                if (TRows.Count > 4) { s += startRow; x4 = TLanes.Load(s); y4 = TLanes.Load(s + TLanes.Count); }
                if (TRows.Count > 5) { s += startRow; x5 = TLanes.Load(s); y5 = TLanes.Load(s + TLanes.Count); }
                if (TRows.Count > 6) { s += startRow; x6 = TLanes.Load(s); y6 = TLanes.Load(s + TLanes.Count); }
                if (TRows.Count > 7) { s += startRow; x7 = TLanes.Load(s); y7 = TLanes.Load(s + TLanes.Count); }
            }

            if (plus != null)
            {
                TVector u = TLanes.Load(plus), v = TLanes.Load(plus + TLanes.Count);
                x0 = TLanes.Add(x0, u); y0 = TLanes.Add(y0, v);
                if (TRows.Count > 1) { x1 = TLanes.Add(x1, u); y1 = TLanes.Add(y1, v); }
                if (TRows.Count > 2) { x2 = TLanes.Add(x2, u); y2 = TLanes.Add(y2, v); }
                if (TRows.Count > 3) { x3 = TLanes.Add(x3, u); y3 = TLanes.Add(y3, v); }
                if (TRows.Count > 4) { x4 = TLanes.Add(x4, u); y4 = TLanes.Add(y4, v); }
                if (TRows.Count > 5) { x5 = TLanes.Add(x5, u); y5 = TLanes.Add(y5, v); }
                if (TRows.Count > 6) { x6 = TLanes.Add(x6, u); y6 = TLanes.Add(y6, v); }
                if (TRows.Count > 7) { x7 = TLanes.Add(x7, u); y7 = TLanes.Add(y7, v); }
            }

            float* right = b;
            byte* q0 = (byte*)a, q1 = q0 + s1 + s2, q2 = q1 + s1 + s2;
            for (nint p = k; p > 0; p--)
            {
                TVector u = TLanes.Load(right), v = TLanes.Load(right + TLanes.Count), w;
                w = TLanes.Create(*(float*)(q0)); x0 = TLanes.MultiplyAdd(w, u, x0); y0 = TLanes.MultiplyAdd(w, v, y0);
                if (TRows.Count > 1) { w = TLanes.Create(*(float*)(q0 + s1)); x1 = TLanes.MultiplyAdd(w, u, x1); y1 = TLanes.MultiplyAdd(w, v, y1); }
                if (TRows.Count > 2) { w = TLanes.Create(*(float*)(q0 + s2)); x2 = TLanes.MultiplyAdd(w, u, x2); y2 = TLanes.MultiplyAdd(w, v, y2); }
                if (TRows.Count > 3) { w = TLanes.Create(*(float*)(q1)); x3 = TLanes.MultiplyAdd(w, u, x3); y3 = TLanes.MultiplyAdd(w, v, y3); }
                if (TRows.Count > 4) { w = TLanes.Create(*(float*)(q1 + s1)); x4 = TLanes.MultiplyAdd(w, u, x4); y4 = TLanes.MultiplyAdd(w, v, y4); }
                if (TRows.Count > 5) { w = TLanes.Create(*(float*)(q1 + s2)); x5 = TLanes.MultiplyAdd(w, u, x5); y5 = TLanes.MultiplyAdd(w, v, y5); }
                if (TRows.Count > 6) { w = TLanes.Create(*(float*)(q2)); x6 = TLanes.MultiplyAdd(w, u, x6); y6 = TLanes.MultiplyAdd(w, v, y6); }
                if (TRows.Count > 7) { w = TLanes.Create(*(float*)(q2 + s1)); x7 = TLanes.MultiplyAdd(w, u, x7); y7 = TLanes.MultiplyAdd(w, v, y7); }
                if (Sse.IsSupported) Sse.Prefetch1(next);
                next += nextStep;
                q0 += step;
                q1 += step;
                q2 += step;
                right += bStep;
            }

            if (factors != null)
            {
                TVector w = TLanes.Create(factors[0]); x0 = TLanes.Multiply(x0, w); y0 = TLanes.Multiply(y0, w);
                if (TRows.Count > 1) { w = TLanes.Create(factors[1]); x1 = TLanes.Multiply(x1, w); y1 = TLanes.Multiply(y1, w); }
                if (TRows.Count > 2) { w = TLanes.Create(factors[2]); x2 = TLanes.Multiply(x2, w); y2 = TLanes.Multiply(y2, w); }
                if (TRows.Count > 3) { w = TLanes.Create(factors[3]); x3 = TLanes.Multiply(x3, w); y3 = TLanes.Multiply(y3, w); }
                if (TRows.Count > 4) { w = TLanes.Create(factors[4]); x4 = TLanes.Multiply(x4, w); y4 = TLanes.Multiply(y4, w); }
                if (TRows.Count > 5) { w = TLanes.Create(factors[5]); x5 = TLanes.Multiply(x5, w); y5 = TLanes.Multiply(y5, w); }
                if (TRows.Count > 6) { w = TLanes.Create(factors[6]); x6 = TLanes.Multiply(x6, w); y6 = TLanes.Multiply(y6, w); }
                if (TRows.Count > 7) { w = TLanes.Create(factors[7]); x7 = TLanes.Multiply(x7, w); y7 = TLanes.Multiply(y7, w); }
                factors += TRows.Count;
            }

            float* nothing = null;
            TileEnd.Store<TLanes, TVector, TRows, TFinish>(x0, x1, x2, x3, x4, x5, x6, x7, y0, y1, y2, y3, y4, y5, y6, y7, null, ref nothing, 0, ref c, cRow);
            if (last) return;
            a += aTile;
            start += TRows.Count * startRow;
            // what comes next is under way
            if (t == 1)
            {
                next = b;
                nextStep = 0;
            }
        }
    }

    /// <summary>Into the first cache, for what is read soon.</summary>
    public static void Fetch<TRows>(float* from, nint row) where TRows : struct, ITileRows
    {
        if (!Sse.IsSupported) return;
        for (int r = 0; r < TRows.Count; r++, from += row)
        {
            Sse.Prefetch0(from);
            Sse.Prefetch0(from + TileKernel.PanelColumns / 2);
        }
    }

    /// <summary>Into the second cache, for what is written late: the first is kept for A and B.</summary>
    public static void FetchToSecond<TRows>(float* from, nint row) where TRows : struct, ITileRows
    {
        if (!Sse.IsSupported) return;
        for (int r = 0; r < TRows.Count; r++, from += row)
        {
            Sse.Prefetch1(from);
            Sse.Prefetch1(from + TileKernel.PanelColumns / 2);
        }
    }
}
