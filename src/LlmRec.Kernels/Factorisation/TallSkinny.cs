using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>
/// Products with a tall, narrow, dense block of float64: n rows of <c>stride</c> values, stride a multiple of <see cref="Lane"/>, what
/// lies beyond the block's width being zero. Every output element is summed by one thread in one order, so the number of threads
/// does not show.
/// </summary>
/// <remarks>Legend: X sparse (n, m); Q dense (m, l); Y dense (n, l); W, G dense (l, l); l = stride.</remarks>
internal static class TallSkinny
{
    /// <summary>Strides are multiples of this: two cache lines, four 256-bit registers.</summary>
    public const int Lane = 16;

    private const int RowsPerTask = 256;
    private const int FewestRowsPerPartial = 2048, MostPartials = 64;

    public static int StrideFor(int width) => (width + Lane - 1) / Lane * Lane;

    /// <summary>Y = X Q.</summary>
    public static void Multiply(SparseMatrix x, double[] q, double[] y, int stride, ParallelOptions parallel)
    {
        ForBlocks(x.Rows, RowsPerTask, parallel, (from, to) =>
        {
            for (int i = from; i < to; i++)
                MultiplyRow(x.ColumnsOf(i), x.ValuesOf(i), q, y.AsSpan(i * stride, stride));
        });
    }

    /// <summary>G = Yᵀ Y, both triangles.</summary>
    public static void Gram(double[] y, int rows, int stride, double[] g, ParallelOptions parallel)
    {
        // The cut into partial sums depends on the number of rows alone.
        int block = Math.Max(FewestRowsPerPartial, (rows + MostPartials - 1) / MostPartials);
        var partials = new double[(rows + block - 1) / block][];
        ForBlocks(rows, block, parallel, (from, to) =>
        {
            var sum = new double[stride * stride];
            AddGram(y.AsSpan(from * stride, (to - from) * stride), stride, sum);
            partials[from / block] = sum;
        });
        g.AsSpan(0, stride * stride).Clear();
        foreach (double[] partial in partials)
            for (int k = 0; k < partial.Length; k++) g[k] += partial[k];
        for (int a = 0; a < stride; a++)
            for (int b = 0; b < a; b++)
                g[a * stride + b] = g[b * stride + a];
    }

    /// <summary>Y ← Y W in place.</summary>
    public static void MultiplyInPlace(double[] y, int rows, int stride, double[] w, ParallelOptions parallel)
    {
        ForBlocks(rows, RowsPerTask, parallel, (from, to) =>
        {
            Span<double> scratch = new double[4 * stride];
            for (int i = from; i < to; i += 4)
            {
                Span<double> some = y.AsSpan(i * stride, Math.Min(4, to - i) * stride);
                if (some.Length == scratch.Length) MultiplyFourRows(some, w, stride, scratch);
                else MultiplyRowsScalar(some, w, stride, scratch);
                scratch[..some.Length].CopyTo(some);
            }
        });
    }

    /// <summary>One row of Y = X Q: y (l) = Σ value · Q[column] (l).</summary>
    public static void MultiplyRow(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, ReadOnlySpan<double> q, Span<double> y)
    {
        int l = y.Length;
        ref double q0 = ref MemoryMarshal.GetReference(q);
        int c = 0;
        // 32 columns a pass in 8 registers: the sums never leave them while the row's entries go by.
        for (; c + 32 <= l; c += 32)
        {
            Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            for (int e = 0; e < columns.Length; e++)
            {
                ref double p = ref Unsafe.Add(ref q0, (nint)columns[e] * l + c);
                Vector256<double> v = Vector256.Create((double)values[e]);
                s0 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p), s0);
                s1 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 4), s1);
                s2 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 8), s2);
                s3 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 12), s3);
                s4 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 16), s4);
                s5 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 20), s5);
                s6 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 24), s6);
                s7 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 28), s7);
            }
            ref double o = ref y[c];
            s0.StoreUnsafe(ref o); s1.StoreUnsafe(ref o, 4); s2.StoreUnsafe(ref o, 8); s3.StoreUnsafe(ref o, 12);
            s4.StoreUnsafe(ref o, 16); s5.StoreUnsafe(ref o, 20); s6.StoreUnsafe(ref o, 24); s7.StoreUnsafe(ref o, 28);
        }
        // 16 are left when l is an odd multiple of the lane.
        if (c < l)
        {
            Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int e = 0; e < columns.Length; e++)
            {
                ref double p = ref Unsafe.Add(ref q0, (nint)columns[e] * l + c);
                Vector256<double> v = Vector256.Create((double)values[e]);
                s0 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p), s0);
                s1 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 4), s1);
                s2 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 8), s2);
                s3 = Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref p, 12), s3);
            }
            ref double o = ref y[c];
            s0.StoreUnsafe(ref o); s1.StoreUnsafe(ref o, 4); s2.StoreUnsafe(ref o, 8); s3.StoreUnsafe(ref o, 12);
        }
    }

    /// <summary>The plain twin of <see cref="MultiplyRow"/>.</summary>
    public static void MultiplyRowScalar(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, ReadOnlySpan<double> q, Span<double> y)
    {
        y.Clear();
        for (int e = 0; e < columns.Length; e++)
            for (int c = 0; c < y.Length; c++)
                y[c] += values[e] * q[columns[e] * y.Length + c];
    }

    /// <summary>Adds Yᵀ Y to the upper triangle of G (some of the lower one is touched as well).</summary>
    public static void AddGram(ReadOnlySpan<double> y, int stride, Span<double> g)
    {
        // Tiles of 4 × 8 in 8 registers; 128 rows at a time stay in the L2 cache while all tiles pass over them.
        int rows = y.Length / stride;
        ref double y0 = ref MemoryMarshal.GetReference(y);
        ref double g0 = ref MemoryMarshal.GetReference(g);
        for (int from = 0; from < rows; from += 128)
        {
            int to = Math.Min(rows, from + 128);
            for (int a = 0; a < stride; a += 4)
            {
                for (int b = a & ~7; b < stride; b += 8)
                {
                    ref double o = ref Unsafe.Add(ref g0, a * stride + b);
                    Vector256<double> s00 = Vector256.LoadUnsafe(ref o), s01 = Vector256.LoadUnsafe(ref o, 4);
                    Vector256<double> s10 = Vector256.LoadUnsafe(ref o, (nuint)stride), s11 = Vector256.LoadUnsafe(ref o, (nuint)(stride + 4));
                    Vector256<double> s20 = Vector256.LoadUnsafe(ref o, (nuint)(2 * stride)), s21 = Vector256.LoadUnsafe(ref o, (nuint)(2 * stride + 4));
                    Vector256<double> s30 = Vector256.LoadUnsafe(ref o, (nuint)(3 * stride)), s31 = Vector256.LoadUnsafe(ref o, (nuint)(3 * stride + 4));
                    for (int i = from; i < to; i++)
                    {
                        ref double pa = ref Unsafe.Add(ref y0, (nint)i * stride + a);
                        ref double pb = ref Unsafe.Add(ref y0, (nint)i * stride + b);
                        Vector256<double> b0 = Vector256.LoadUnsafe(ref pb), b1 = Vector256.LoadUnsafe(ref pb, 4);
                        Vector256<double> v = Vector256.Create(pa);
                        s00 = Vector256.FusedMultiplyAdd(v, b0, s00);
                        s01 = Vector256.FusedMultiplyAdd(v, b1, s01);
                        v = Vector256.Create(Unsafe.Add(ref pa, 1));
                        s10 = Vector256.FusedMultiplyAdd(v, b0, s10);
                        s11 = Vector256.FusedMultiplyAdd(v, b1, s11);
                        v = Vector256.Create(Unsafe.Add(ref pa, 2));
                        s20 = Vector256.FusedMultiplyAdd(v, b0, s20);
                        s21 = Vector256.FusedMultiplyAdd(v, b1, s21);
                        v = Vector256.Create(Unsafe.Add(ref pa, 3));
                        s30 = Vector256.FusedMultiplyAdd(v, b0, s30);
                        s31 = Vector256.FusedMultiplyAdd(v, b1, s31);
                    }
                    s00.StoreUnsafe(ref o);
                    s01.StoreUnsafe(ref o, 4);
                    s10.StoreUnsafe(ref o, (nuint)stride);
                    s11.StoreUnsafe(ref o, (nuint)(stride + 4));
                    s20.StoreUnsafe(ref o, (nuint)(2 * stride));
                    s21.StoreUnsafe(ref o, (nuint)(2 * stride + 4));
                    s30.StoreUnsafe(ref o, (nuint)(3 * stride));
                    s31.StoreUnsafe(ref o, (nuint)(3 * stride + 4));
                }
            }
        }
    }

    /// <summary>The plain twin of <see cref="AddGram"/>; upper triangle only.</summary>
    public static void AddGramScalar(ReadOnlySpan<double> y, int stride, Span<double> g)
    {
        for (int i = 0; i < y.Length / stride; i++)
            for (int a = 0; a < stride; a++)
                for (int b = a; b < stride; b++)
                    g[a * stride + b] += y[i * stride + a] * y[i * stride + b];
    }

    /// <summary>Four rows of Y W into <paramref name="result"/> (4, l).</summary>
    public static void MultiplyFourRows(ReadOnlySpan<double> y, ReadOnlySpan<double> w, int stride, Span<double> result)
    {
        ref double y0 = ref MemoryMarshal.GetReference(y);
        ref double w0 = ref MemoryMarshal.GetReference(w);
        for (int b = 0; b < stride; b += 8)
        {
            Vector256<double> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            for (int a = 0; a < stride; a++)
            {
                ref double pw = ref Unsafe.Add(ref w0, a * stride + b);
                Vector256<double> w0v = Vector256.LoadUnsafe(ref pw), w1v = Vector256.LoadUnsafe(ref pw, 4);
                Vector256<double> v = Vector256.Create(Unsafe.Add(ref y0, a));
                s00 = Vector256.FusedMultiplyAdd(v, w0v, s00);
                s01 = Vector256.FusedMultiplyAdd(v, w1v, s01);
                v = Vector256.Create(Unsafe.Add(ref y0, stride + a));
                s10 = Vector256.FusedMultiplyAdd(v, w0v, s10);
                s11 = Vector256.FusedMultiplyAdd(v, w1v, s11);
                v = Vector256.Create(Unsafe.Add(ref y0, 2 * stride + a));
                s20 = Vector256.FusedMultiplyAdd(v, w0v, s20);
                s21 = Vector256.FusedMultiplyAdd(v, w1v, s21);
                v = Vector256.Create(Unsafe.Add(ref y0, 3 * stride + a));
                s30 = Vector256.FusedMultiplyAdd(v, w0v, s30);
                s31 = Vector256.FusedMultiplyAdd(v, w1v, s31);
            }
            ref double o = ref result[b];
            s00.StoreUnsafe(ref o);
            s01.StoreUnsafe(ref o, 4);
            s10.StoreUnsafe(ref o, (nuint)stride);
            s11.StoreUnsafe(ref o, (nuint)(stride + 4));
            s20.StoreUnsafe(ref o, (nuint)(2 * stride));
            s21.StoreUnsafe(ref o, (nuint)(2 * stride + 4));
            s30.StoreUnsafe(ref o, (nuint)(3 * stride));
            s31.StoreUnsafe(ref o, (nuint)(3 * stride + 4));
        }
    }

    /// <summary>Rows of Y W, plainly: for the last rows, and the twin of <see cref="MultiplyFourRows"/>.</summary>
    public static void MultiplyRowsScalar(ReadOnlySpan<double> y, ReadOnlySpan<double> w, int stride, Span<double> result)
    {
        for (int i = 0; i < y.Length / stride; i++)
        {
            for (int b = 0; b < stride; b++)
            {
                double sum = 0;
                for (int a = 0; a < stride; a++) sum += y[i * stride + a] * w[a * stride + b];
                result[i * stride + b] = sum;
            }
        }
    }

    private static void ForBlocks(int rows, int block, ParallelOptions parallel, Action<int, int> body) =>
        Parallel.For(0, (rows + block - 1) / block, parallel, k => body(k * block, Math.Min(rows, (k + 1) * block)));
}
