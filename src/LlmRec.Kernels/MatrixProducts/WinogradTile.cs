using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// The innermost product by Winograd's inner product: as <see cref="Tile"/>, but of three steps of k two are taken as a pair,
/// a₁b₁ + a₂b₂ = (a₁ + b₂)(a₂ + b₁) − a₁a₂ − b₁b₂: one multiply-add and two additions for what takes two multiply-adds. The products of a's
/// pairs belong to a row, those of b's to a column, and are known before. A processor that adds beside multiplying does three steps in the time
/// of two: with two thirds of the steps in pairs both kinds of units are busy all the time.
/// </summary>
/// <remarks>
/// Every element is one chain in the same order whatever the tile, so one row gives the same bits as many, and all fused widths agree. a is
/// read by two pointers to the same place: a number that is broadcast by the addition itself costs nothing, one that is first broadcast to a
/// register a third of a cycle, and the compiler would do so for numbers it knows to be the same.
/// </remarks>
internal static unsafe class WinogradTile
{
    /// <summary>Steps of k that belong together: a pair and a single one. What is left over at the end is single.</summary>
    public const int Group = 3;

    private const int Width = TileKernel.PanelColumns;

    /// <summary>Whether step p of k comes in a pair with the one after it.</summary>
    public static bool StartsPair(int p, int k) => p % Group == 0 && p < k - k % Group;

    /// <summary>c (rows, 2 vectors) = finish(factors · (offsets + columns + the chain of a (rows, k) and b (k, 2 vectors)) + bias) + residual, and so for further tiles below.</summary>
    /// <param name="tiles">How many, at least 1.</param>
    /// <param name="k">Length of the sum.</param>
    /// <param name="a">a(i, p) at a[i · aRow + p].</param>
    /// <param name="again">The same address as a.</param>
    /// <param name="aRow">Elements from row to row of a.</param>
    /// <param name="b">A panel, b(p, j) at b[32 · p + j].</param>
    /// <param name="columns">Minus the sums over b's pairs, one a column.</param>
    /// <param name="offsets">Minus the sums over a's pairs, one a row.</param>
    /// <param name="start">Sums so far, start(i, j) at start[32 · i + j], for a chain that goes on; null for one that begins, with columns and offsets.</param>
    /// <param name="factors">What rows are multiplied by at the end, one a row.</param>
    /// <param name="bias">Added to every row then; null for nothing.</param>
    /// <param name="residual">Added last, residual(i, j) at residual[i · residualRow + j]; null for nothing; may be c.</param>
    /// <param name="residualRow">Elements from row to row of residual.</param>
    /// <param name="c">c(i, j) at c[i · cRow + j].</param>
    /// <param name="cRow">Elements from row to row of c.</param>
    /// <param name="next">What will be read after this: a line is fetched into the second cache with every step of k in the first two tiles.</param>
    /// <param name="nextStep">Elements from one line to fetch to the next; 0 to fetch nothing new.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TLanes, TVector, TRows, TFinish>(int tiles, nint k, float* a, float* again, nint aRow, float* b, float* columns, float* offsets, float* start, float* factors, float* bias, float* residual, nint residualRow, float* c, nint cRow, float* next, nint nextStep)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
        where TRows : struct, ITileRows
        where TFinish : struct, ILaneFunction
    {
        nint s1 = aRow, s2 = 2 * s1;
        for (int t = 0; ; t++)
        {
            // a residual is read at the end, what is written over late
            if (residual != null) Tile.Fetch<TRows>(residual, residualRow);
            if (residual != c) Tile.FetchToSecond<TRows>(c, cRow);

            TVector x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default;
            TVector y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default;
            TVector w;
            if (start == null)
            {
                TVector left = TLanes.Load(columns), right = TLanes.Load(columns + TLanes.Count);
                w = TLanes.Create(offsets[0]); x0 = TLanes.Add(left, w); y0 = TLanes.Add(right, w);
                if (TRows.Count > 1) { w = TLanes.Create(offsets[1]); x1 = TLanes.Add(left, w); y1 = TLanes.Add(right, w); }
                if (TRows.Count > 2) { w = TLanes.Create(offsets[2]); x2 = TLanes.Add(left, w); y2 = TLanes.Add(right, w); }
                if (TRows.Count > 3) { w = TLanes.Create(offsets[3]); x3 = TLanes.Add(left, w); y3 = TLanes.Add(right, w); }
                if (TRows.Count > 4) { w = TLanes.Create(offsets[4]); x4 = TLanes.Add(left, w); y4 = TLanes.Add(right, w); }
                if (TRows.Count > 5) { w = TLanes.Create(offsets[5]); x5 = TLanes.Add(left, w); y5 = TLanes.Add(right, w); }
                if (TRows.Count > 6) { w = TLanes.Create(offsets[6]); x6 = TLanes.Add(left, w); y6 = TLanes.Add(right, w); }
                if (TRows.Count > 7) { w = TLanes.Create(offsets[7]); x7 = TLanes.Add(left, w); y7 = TLanes.Add(right, w); }
            }
            else
            {
                x0 = TLanes.Load(start); y0 = TLanes.Load(start + TLanes.Count); start += Width;
                if (TRows.Count > 1) { x1 = TLanes.Load(start); y1 = TLanes.Load(start + TLanes.Count); start += Width; }
                if (TRows.Count > 2) { x2 = TLanes.Load(start); y2 = TLanes.Load(start + TLanes.Count); start += Width; }
                if (TRows.Count > 3) { x3 = TLanes.Load(start); y3 = TLanes.Load(start + TLanes.Count); start += Width; }
                if (TRows.Count > 4) { x4 = TLanes.Load(start); y4 = TLanes.Load(start + TLanes.Count); start += Width; }
                if (TRows.Count > 5) { x5 = TLanes.Load(start); y5 = TLanes.Load(start + TLanes.Count); start += Width; }
                if (TRows.Count > 6) { x6 = TLanes.Load(start); y6 = TLanes.Load(start + TLanes.Count); start += Width; }
                if (TRows.Count > 7) { x7 = TLanes.Load(start); y7 = TLanes.Load(start + TLanes.Count); start += Width; }
            }

            float* panel = b;
            float* q0 = a, q1 = q0 + s1 + s2, q2 = q1 + s1 + s2, p0 = again, p1 = p0 + s1 + s2, p2 = p1 + s1 + s2;
            nint p = k;
            for (; p >= Group; p -= Group)
            {
                TVector u0 = TLanes.Load(panel), v0 = TLanes.Load(panel + TLanes.Count), u1 = TLanes.Load(panel + Width), v1 = TLanes.Load(panel + Width + TLanes.Count);
                x0 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(q0[0]), u1), TLanes.Add(TLanes.Create(q0[1]), u0), x0); y0 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(p0[0]), v1), TLanes.Add(TLanes.Create(p0[1]), v0), y0);
                if (TRows.Count > 1) { x1 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(q0[s1]), u1), TLanes.Add(TLanes.Create(q0[s1 + 1]), u0), x1); y1 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(p0[s1]), v1), TLanes.Add(TLanes.Create(p0[s1 + 1]), v0), y1); }
                if (TRows.Count > 2) { x2 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(q0[s2]), u1), TLanes.Add(TLanes.Create(q0[s2 + 1]), u0), x2); y2 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(p0[s2]), v1), TLanes.Add(TLanes.Create(p0[s2 + 1]), v0), y2); }
                if (TRows.Count > 3) { x3 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(q1[0]), u1), TLanes.Add(TLanes.Create(q1[1]), u0), x3); y3 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(p1[0]), v1), TLanes.Add(TLanes.Create(p1[1]), v0), y3); }
                if (TRows.Count > 4) { x4 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(q1[s1]), u1), TLanes.Add(TLanes.Create(q1[s1 + 1]), u0), x4); y4 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(p1[s1]), v1), TLanes.Add(TLanes.Create(p1[s1 + 1]), v0), y4); }
                if (TRows.Count > 5) { x5 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(q1[s2]), u1), TLanes.Add(TLanes.Create(q1[s2 + 1]), u0), x5); y5 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(p1[s2]), v1), TLanes.Add(TLanes.Create(p1[s2 + 1]), v0), y5); }
                if (TRows.Count > 6) { x6 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(q2[0]), u1), TLanes.Add(TLanes.Create(q2[1]), u0), x6); y6 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(p2[0]), v1), TLanes.Add(TLanes.Create(p2[1]), v0), y6); }
                if (TRows.Count > 7) { x7 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(q2[s1]), u1), TLanes.Add(TLanes.Create(q2[s1 + 1]), u0), x7); y7 = TLanes.MultiplyAdd(TLanes.Add(TLanes.Create(p2[s1]), v1), TLanes.Add(TLanes.Create(p2[s1 + 1]), v0), y7); }
                if (Sse.IsSupported)
                {
                    Sse.Prefetch1(next);
                    Sse.Prefetch1(next + nextStep);
                    Sse.Prefetch1(next + 2 * nextStep);
                    next += Group * nextStep;
                }

                (u0, v0) = (TLanes.Load(panel + 2 * Width), TLanes.Load(panel + 2 * Width + TLanes.Count));
                x0 = TLanes.MultiplyAdd(TLanes.Create(q0[2]), u0, x0); y0 = TLanes.MultiplyAdd(TLanes.Create(p0[2]), v0, y0);
                if (TRows.Count > 1) { x1 = TLanes.MultiplyAdd(TLanes.Create(q0[s1 + 2]), u0, x1); y1 = TLanes.MultiplyAdd(TLanes.Create(p0[s1 + 2]), v0, y1); }
                if (TRows.Count > 2) { x2 = TLanes.MultiplyAdd(TLanes.Create(q0[s2 + 2]), u0, x2); y2 = TLanes.MultiplyAdd(TLanes.Create(p0[s2 + 2]), v0, y2); }
                if (TRows.Count > 3) { x3 = TLanes.MultiplyAdd(TLanes.Create(q1[2]), u0, x3); y3 = TLanes.MultiplyAdd(TLanes.Create(p1[2]), v0, y3); }
                if (TRows.Count > 4) { x4 = TLanes.MultiplyAdd(TLanes.Create(q1[s1 + 2]), u0, x4); y4 = TLanes.MultiplyAdd(TLanes.Create(p1[s1 + 2]), v0, y4); }
                if (TRows.Count > 5) { x5 = TLanes.MultiplyAdd(TLanes.Create(q1[s2 + 2]), u0, x5); y5 = TLanes.MultiplyAdd(TLanes.Create(p1[s2 + 2]), v0, y5); }
                if (TRows.Count > 6) { x6 = TLanes.MultiplyAdd(TLanes.Create(q2[2]), u0, x6); y6 = TLanes.MultiplyAdd(TLanes.Create(p2[2]), v0, y6); }
                if (TRows.Count > 7) { x7 = TLanes.MultiplyAdd(TLanes.Create(q2[s1 + 2]), u0, x7); y7 = TLanes.MultiplyAdd(TLanes.Create(p2[s1 + 2]), v0, y7); }
                q0 += Group;
                q1 += Group;
                q2 += Group;
                p0 += Group;
                p1 += Group;
                p2 += Group;
                panel += Group * Width;
            }

            for (; p > 0; p--, q0++, q1++, q2++, p0++, p1++, p2++, panel += Width)
            {
                TVector u = TLanes.Load(panel), v = TLanes.Load(panel + TLanes.Count);
                x0 = TLanes.MultiplyAdd(TLanes.Create(q0[0]), u, x0); y0 = TLanes.MultiplyAdd(TLanes.Create(p0[0]), v, y0);
                if (TRows.Count > 1) { x1 = TLanes.MultiplyAdd(TLanes.Create(q0[s1]), u, x1); y1 = TLanes.MultiplyAdd(TLanes.Create(p0[s1]), v, y1); }
                if (TRows.Count > 2) { x2 = TLanes.MultiplyAdd(TLanes.Create(q0[s2]), u, x2); y2 = TLanes.MultiplyAdd(TLanes.Create(p0[s2]), v, y2); }
                if (TRows.Count > 3) { x3 = TLanes.MultiplyAdd(TLanes.Create(q1[0]), u, x3); y3 = TLanes.MultiplyAdd(TLanes.Create(p1[0]), v, y3); }
                if (TRows.Count > 4) { x4 = TLanes.MultiplyAdd(TLanes.Create(q1[s1]), u, x4); y4 = TLanes.MultiplyAdd(TLanes.Create(p1[s1]), v, y4); }
                if (TRows.Count > 5) { x5 = TLanes.MultiplyAdd(TLanes.Create(q1[s2]), u, x5); y5 = TLanes.MultiplyAdd(TLanes.Create(p1[s2]), v, y5); }
                if (TRows.Count > 6) { x6 = TLanes.MultiplyAdd(TLanes.Create(q2[0]), u, x6); y6 = TLanes.MultiplyAdd(TLanes.Create(p2[0]), v, y6); }
                if (TRows.Count > 7) { x7 = TLanes.MultiplyAdd(TLanes.Create(q2[s1]), u, x7); y7 = TLanes.MultiplyAdd(TLanes.Create(p2[s1]), v, y7); }
            }

            w = TLanes.Create(factors[0]); x0 = TLanes.Multiply(x0, w); y0 = TLanes.Multiply(y0, w);
            if (TRows.Count > 1) { w = TLanes.Create(factors[1]); x1 = TLanes.Multiply(x1, w); y1 = TLanes.Multiply(y1, w); }
            if (TRows.Count > 2) { w = TLanes.Create(factors[2]); x2 = TLanes.Multiply(x2, w); y2 = TLanes.Multiply(y2, w); }
            if (TRows.Count > 3) { w = TLanes.Create(factors[3]); x3 = TLanes.Multiply(x3, w); y3 = TLanes.Multiply(y3, w); }
            if (TRows.Count > 4) { w = TLanes.Create(factors[4]); x4 = TLanes.Multiply(x4, w); y4 = TLanes.Multiply(y4, w); }
            if (TRows.Count > 5) { w = TLanes.Create(factors[5]); x5 = TLanes.Multiply(x5, w); y5 = TLanes.Multiply(y5, w); }
            if (TRows.Count > 6) { w = TLanes.Create(factors[6]); x6 = TLanes.Multiply(x6, w); y6 = TLanes.Multiply(y6, w); }
            if (TRows.Count > 7) { w = TLanes.Create(factors[7]); x7 = TLanes.Multiply(x7, w); y7 = TLanes.Multiply(y7, w); }
            TileEnd.Store<TLanes, TVector, TRows, TFinish>(x0, x1, x2, x3, x4, x5, x6, x7, y0, y1, y2, y3, y4, y5, y6, y7, bias, ref residual, residualRow, ref c, cRow);
            if (t == tiles - 1) return;
            a += TRows.Count * aRow;
            again += TRows.Count * aRow;
            offsets += TRows.Count;
            factors += TRows.Count;
            // what comes next is under way
            if (t == 1)
            {
                next = b;
                nextStep = 0;
            }
        }
    }
}
