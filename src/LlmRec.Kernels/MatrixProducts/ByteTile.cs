using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// The innermost product of bytes: up to 8 rows of unsigned bytes × 2 vectors of columns of signed ones, exact int32 sums, which become floats
/// in their registers. Lanes: a lane of B holds four successive k of one column; xi sums the first vector of columns of row i, yi the second. A
/// step takes 8 k.
/// </summary>
internal static unsafe class ByteTile
{
    /// <summary>Columns of a panel.</summary>
    public const int PanelColumns = 32;

    /// <summary>Successive k that a step takes; sums are filled up to a multiple of it.</summary>
    public const int Step = 8;

    /// <summary>Bytes of a step of a panel.</summary>
    public const int StepBytes = Step * PanelColumns;

    /// <summary>c (rows, 2 vectors) = finish(what the sums of a (rows, 8 · steps) and b (8 · steps, 2 vectors) stand for + bias) + residual, and so for further tiles below.</summary>
    /// <param name="tiles">How many, at least 1.</param>
    /// <param name="steps">Length of the sums in steps.</param>
    /// <param name="a">Quantised rows.</param>
    /// <param name="aRow">Bytes from row to row of a.</param>
    /// <param name="rows">What the bytes of the rows stand for.</param>
    /// <param name="b">Step s of the panel: k 0..3 of its 32 columns at s · 256, k 4..7 at s · 256 + 128.</param>
    /// <param name="columns">What the bytes of the columns stand for.</param>
    /// <param name="bias">Added to every row; null for nothing.</param>
    /// <param name="residual">Added last, residual(i, j) at residual[i · residualRow + j]; null for nothing; may be c.</param>
    /// <param name="residualRow">Elements from row to row of residual.</param>
    /// <param name="c">c(i, j) at c[i · cRow + j].</param>
    /// <param name="cRow">Elements from row to row of c.</param>
    /// <param name="next">What will be read after this: two lines are fetched into the second cache with every step in the first two tiles.</param>
    /// <param name="nextStep">Bytes from two lines to fetch to the next two, twice those between them; 0 to fetch nothing new.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TLanes, TVector, TFloats, TFloat, TRows, TFinish>(int tiles, nint steps, byte* a, nint aRow, in ByteScales rows, sbyte* b, in ByteScales columns, float* bias, float* residual, nint residualRow, float* c, nint cRow, sbyte* next, nint nextStep)
        where TLanes : struct, IByteLanes<TVector, TFloat>
        where TVector : struct
        where TFloats : struct, ILanes<TFloat>
        where TFloat : struct
        where TRows : struct, ITileRows
        where TFinish : struct, ILaneFunction
    {
        nint s1 = aRow, s2 = 2 * s1, second = 4 * TLanes.Count, between = nextStep / 2;
        float* scales = rows.Factors, zeros = rows.Offsets;
        for (int n = 0; ; n++)
        {
            // a residual is read at the end, what is written over late
            if (residual != null) Tile.Fetch<TRows>(residual, residualRow);
            if (residual != c) Tile.FetchToSecond<TRows>(c, cRow);

            TVector x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default;
            TVector y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default;
            byte* q0 = a, q1 = q0 + s1 + s2, q2 = q1 + s1 + s2;
            sbyte* panel = b;
            for (nint p = steps; p > 0; p--)
            {
                TVector u = TLanes.Load(panel), v = TLanes.Load(panel + second), t = TLanes.Load(panel + StepBytes / 2), w = TLanes.Load(panel + StepBytes / 2 + second), q, r;
                q = TLanes.Create(q0); r = TLanes.Create(q0 + 4); x0 = TLanes.MultiplyAdd(x0, q, u, r, t); y0 = TLanes.MultiplyAdd(y0, q, v, r, w);
                if (TRows.Count > 1) { q = TLanes.Create(q0 + s1); r = TLanes.Create(q0 + s1 + 4); x1 = TLanes.MultiplyAdd(x1, q, u, r, t); y1 = TLanes.MultiplyAdd(y1, q, v, r, w); }
                if (TRows.Count > 2) { q = TLanes.Create(q0 + s2); r = TLanes.Create(q0 + s2 + 4); x2 = TLanes.MultiplyAdd(x2, q, u, r, t); y2 = TLanes.MultiplyAdd(y2, q, v, r, w); }
                if (TRows.Count > 3) { q = TLanes.Create(q1); r = TLanes.Create(q1 + 4); x3 = TLanes.MultiplyAdd(x3, q, u, r, t); y3 = TLanes.MultiplyAdd(y3, q, v, r, w); }
                if (TRows.Count > 4) { q = TLanes.Create(q1 + s1); r = TLanes.Create(q1 + s1 + 4); x4 = TLanes.MultiplyAdd(x4, q, u, r, t); y4 = TLanes.MultiplyAdd(y4, q, v, r, w); }
                if (TRows.Count > 5) { q = TLanes.Create(q1 + s2); r = TLanes.Create(q1 + s2 + 4); x5 = TLanes.MultiplyAdd(x5, q, u, r, t); y5 = TLanes.MultiplyAdd(y5, q, v, r, w); }
                if (TRows.Count > 6) { q = TLanes.Create(q2); r = TLanes.Create(q2 + 4); x6 = TLanes.MultiplyAdd(x6, q, u, r, t); y6 = TLanes.MultiplyAdd(y6, q, v, r, w); }
                if (TRows.Count > 7) { q = TLanes.Create(q2 + s1); r = TLanes.Create(q2 + s1 + 4); x7 = TLanes.MultiplyAdd(x7, q, u, r, t); y7 = TLanes.MultiplyAdd(y7, q, v, r, w); }
                if (Sse.IsSupported)
                {
                    Sse.Prefetch1(next);
                    Sse.Prefetch1(next + between);
                    next += nextStep;
                }

                q0 += Step;
                q1 += Step;
                q2 += Step;
                panel += StepBytes;
            }

            TFloat e0 = default, e1 = default, e2 = default, e3 = default, e4 = default, e5 = default, e6 = default, e7 = default;
            TFloat f0 = default, f1 = default, f2 = default, f3 = default, f4 = default, f5 = default, f6 = default, f7 = default;
            TFloat leftSum = TFloats.Load(columns.Offsets), rightSum = TFloats.Load(columns.Offsets + TFloats.Count), leftScale = TFloats.Load(columns.Factors), rightScale = TFloats.Load(columns.Factors + TFloats.Count), zero, scale;
            zero = TFloats.Create(-zeros[0]); scale = TFloats.Create(scales[0]); e0 = Scaled<TFloats, TFloat>(TLanes.ToSingle(x0), zero, leftSum, scale, leftScale); f0 = Scaled<TFloats, TFloat>(TLanes.ToSingle(y0), zero, rightSum, scale, rightScale);
            if (TRows.Count > 1) { zero = TFloats.Create(-zeros[1]); scale = TFloats.Create(scales[1]); e1 = Scaled<TFloats, TFloat>(TLanes.ToSingle(x1), zero, leftSum, scale, leftScale); f1 = Scaled<TFloats, TFloat>(TLanes.ToSingle(y1), zero, rightSum, scale, rightScale); }
            if (TRows.Count > 2) { zero = TFloats.Create(-zeros[2]); scale = TFloats.Create(scales[2]); e2 = Scaled<TFloats, TFloat>(TLanes.ToSingle(x2), zero, leftSum, scale, leftScale); f2 = Scaled<TFloats, TFloat>(TLanes.ToSingle(y2), zero, rightSum, scale, rightScale); }
            if (TRows.Count > 3) { zero = TFloats.Create(-zeros[3]); scale = TFloats.Create(scales[3]); e3 = Scaled<TFloats, TFloat>(TLanes.ToSingle(x3), zero, leftSum, scale, leftScale); f3 = Scaled<TFloats, TFloat>(TLanes.ToSingle(y3), zero, rightSum, scale, rightScale); }
            if (TRows.Count > 4) { zero = TFloats.Create(-zeros[4]); scale = TFloats.Create(scales[4]); e4 = Scaled<TFloats, TFloat>(TLanes.ToSingle(x4), zero, leftSum, scale, leftScale); f4 = Scaled<TFloats, TFloat>(TLanes.ToSingle(y4), zero, rightSum, scale, rightScale); }
            if (TRows.Count > 5) { zero = TFloats.Create(-zeros[5]); scale = TFloats.Create(scales[5]); e5 = Scaled<TFloats, TFloat>(TLanes.ToSingle(x5), zero, leftSum, scale, leftScale); f5 = Scaled<TFloats, TFloat>(TLanes.ToSingle(y5), zero, rightSum, scale, rightScale); }
            if (TRows.Count > 6) { zero = TFloats.Create(-zeros[6]); scale = TFloats.Create(scales[6]); e6 = Scaled<TFloats, TFloat>(TLanes.ToSingle(x6), zero, leftSum, scale, leftScale); f6 = Scaled<TFloats, TFloat>(TLanes.ToSingle(y6), zero, rightSum, scale, rightScale); }
            if (TRows.Count > 7) { zero = TFloats.Create(-zeros[7]); scale = TFloats.Create(scales[7]); e7 = Scaled<TFloats, TFloat>(TLanes.ToSingle(x7), zero, leftSum, scale, leftScale); f7 = Scaled<TFloats, TFloat>(TLanes.ToSingle(y7), zero, rightSum, scale, rightScale); }
            TileEnd.Store<TFloats, TFloat, TRows, TFinish>(e0, e1, e2, e3, e4, e5, e6, e7, f0, f1, f2, f3, f4, f5, f6, f7, bias, ref residual, residualRow, ref c, cRow);
            if (n == tiles - 1) return;
            a += TRows.Count * aRow;
            scales += TRows.Count;
            zeros += TRows.Count;
            // what comes next is under way
            if (n == 1)
            {
                next = b;
                nextStep = between = 0;
            }
        }
    }

    /// <summary>rowScale · columnScale · (sum − rowZero · columnSum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Scaled<TFloats, TFloat>(TFloat sum, TFloat minusZero, TFloat columnSum, TFloat scale, TFloat columnScale)
        where TFloats : struct, ILanes<TFloat>
        where TFloat : struct =>
        TFloats.Multiply(TFloats.Multiply(TFloats.MultiplyAdd(minusZero, columnSum, sum), scale), columnScale);
}
