using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// Y = X Q for a sparse X (n, m) and float32 blocks Q (m, l), Y (n, l), l a multiple of 16: half the bytes of <see cref="TallSkinny"/> where directions are only
/// sought. Every element is one chain of multiply-adds in the order of the row's entries.
/// </summary>
internal static unsafe class NarrowProduct
{
    private const int RowsPerTask = 256;

    /// <summary>Entries ahead whose row of Q is fetched: far enough to hide the memory, near enough to stay in the first cache.</summary>
    private const int Ahead = 8;

    public static void Multiply(SparseMatrix x, AlignedBuffer<float> q, AlignedBuffer<float> y, int l, ParallelOptions parallel)
    {
        Parallel.For(0, (x.Rows + RowsPerTask - 1) / RowsPerTask, parallel, task =>
        {
            for (int i = task * RowsPerTask; i < Math.Min(x.Rows, (task + 1) * RowsPerTask); i++)
                Row(LaneWidths.Best, x.ColumnsOf(i), x.ValuesOf(i), q.Pointer, y.Pointer + (nint)i * l, l);
        });
        GC.KeepAlive(q);
        GC.KeepAlive(y);
    }

    /// <summary>One row with the kernel of a width.</summary>
    internal static void Row(LaneWidth width, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, float* q, float* y, int l)
    {
        switch (width)
        {
            case LaneWidth.V512: Row<Lanes512, Vector512<float>>(columns, values, q, y, l); break;
            case LaneWidth.V256: Row<Lanes256, Vector256<float>>(columns, values, q, y, l); break;
            case LaneWidth.V128: Row<Lanes128, Vector128<float>>(columns, values, q, y, l); break;
            default: Row<LanesScalar, float>(columns, values, q, y, l); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<TLanes, TVector>(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, float* q, float* y, int l)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        nint c = 0;
        // four vectors at a time in registers while the row's entries go by; the first time round the rows of Q are fetched ahead, whole
        for (; c + 4 * TLanes.Count <= l; c += 4 * TLanes.Count)
        {
            TVector s0 = default, s1 = default, s2 = default, s3 = default;
            for (int e = 0; e < columns.Length; e++)
            {
                if (Sse.IsSupported && c == 0 && e + Ahead < columns.Length)
                {
                    float* next = q + (nint)columns[e + Ahead] * l;
                    for (nint line = 0; line < l; line += 16) Sse.Prefetch0(next + line);
                }
                float* p = q + (nint)columns[e] * l + c;
                TVector v = TLanes.Create(values[e]);
                s0 = TLanes.MultiplyAdd(v, TLanes.Load(p), s0);
                s1 = TLanes.MultiplyAdd(v, TLanes.Load(p + TLanes.Count), s1);
                s2 = TLanes.MultiplyAdd(v, TLanes.Load(p + 2 * TLanes.Count), s2);
                s3 = TLanes.MultiplyAdd(v, TLanes.Load(p + 3 * TLanes.Count), s3);
            }
            TLanes.Store(s0, y + c);
            TLanes.Store(s1, y + c + TLanes.Count);
            TLanes.Store(s2, y + c + 2 * TLanes.Count);
            TLanes.Store(s3, y + c + 3 * TLanes.Count);
        }
        for (; c < l; c += TLanes.Count)
        {
            TVector sum = default;
            for (int e = 0; e < columns.Length; e++) sum = TLanes.MultiplyAdd(TLanes.Create(values[e]), TLanes.Load(q + (nint)columns[e] * l + c), sum);
            TLanes.Store(sum, y + c);
        }
    }
}
