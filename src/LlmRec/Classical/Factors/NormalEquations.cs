using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LlmRec;

/// <summary>Small symmetric systems in float64, row-major, of which only the upper triangle is kept: (f, f) matrices of factor models.</summary>
/// <remarks>Static and thread-safe on different memory. All sums are taken in one order, so results depend on nothing but the input.</remarks>
internal static class NormalEquations
{
    /// <summary>A (f, f) ← scale · YᵀY for Y (rows, f), upper triangle, in blocks of rows that any number of threads may share.</summary>
    public static void Gram(double[] y, int rows, int f, double scale, double[] a, ParallelOptions parallel)
    {
        const int block = 2048;
        int blocks = (rows + block - 1) / block;
        double[][] parts = new double[blocks][];
        Parallel.For(0, blocks, parallel, b =>
        {
            double[] part = new double[f * f];
            int from = b * block, to = Math.Min(rows, from + block);
            AddOuterProducts(y.AsSpan(from * f, (to - from) * f), f, 1, part);
            parts[b] = part;
        });
        a.AsSpan(0, f * f).Clear();
        foreach (double[] part in parts) TensorPrimitives.MultiplyAdd(part, scale, a.AsSpan(0, f * f), a.AsSpan(0, f * f));
    }

    /// <summary>A += weight · Σ y yᵀ over the rows of Y (n, f), upper triangle: four rows at a time, so that A passes through the registers once for four.</summary>
    public static void AddOuterProducts(ReadOnlySpan<double> y, int f, double weight, Span<double> a)
    {
        int n = y.Length / f, lanes = Vector<double>.Count, i = 0;
        ref double y0 = ref MemoryMarshal.GetReference(y);
        ref double a0 = ref MemoryMarshal.GetReference(a);
        for (; i + 4 <= n; i += 4)
        {
            nuint r0 = (nuint)(i * f), r1 = r0 + (nuint)f, r2 = r1 + (nuint)f, r3 = r2 + (nuint)f;
            for (int p = 0; p < f; p++)
            {
                double w0 = weight * y[(int)r0 + p], w1 = weight * y[(int)r1 + p], w2 = weight * y[(int)r2 + p], w3 = weight * y[(int)r3 + p];
                var v0 = new Vector<double>(w0);
                var v1 = new Vector<double>(w1);
                var v2 = new Vector<double>(w2);
                var v3 = new Vector<double>(w3);
                nuint row = (nuint)(p * f);
                int q = p;
                for (; q + lanes <= f; q += lanes)
                {
                    nuint at = (nuint)q;
                    Vector<double> sum = Vector.LoadUnsafe(ref a0, row + at);
                    sum = Vector.FusedMultiplyAdd(v0, Vector.LoadUnsafe(ref y0, r0 + at), sum);
                    sum = Vector.FusedMultiplyAdd(v1, Vector.LoadUnsafe(ref y0, r1 + at), sum);
                    sum = Vector.FusedMultiplyAdd(v2, Vector.LoadUnsafe(ref y0, r2 + at), sum);
                    sum = Vector.FusedMultiplyAdd(v3, Vector.LoadUnsafe(ref y0, r3 + at), sum);
                    sum.StoreUnsafe(ref a0, row + at);
                }
                for (; q < f; q++)
                    a[p * f + q] += w0 * y[(int)r0 + q] + w1 * y[(int)r1 + q] + w2 * y[(int)r2 + q] + w3 * y[(int)r3 + q];
            }
        }
        AddOuterProductsScalar(y[(i * f)..], f, weight, a);
    }

    /// <summary>The same, plainly: for the last rows, and the twin of <see cref="AddOuterProducts"/>.</summary>
    public static void AddOuterProductsScalar(ReadOnlySpan<double> y, int f, double weight, Span<double> a)
    {
        for (int i = 0; i < y.Length / f; i++)
        {
            ReadOnlySpan<double> row = y.Slice(i * f, f);
            for (int p = 0; p < f; p++)
            {
                double w = weight * row[p];
                for (int q = p; q < f; q++) a[p * f + q] += w * row[q];
            }
        }
    }

    /// <summary>A ← U with A = UᵀU, in the upper triangle. False when A is not positive definite in float64; A is then partly overwritten.</summary>
    public static bool Factor(Span<double> a, int f)
    {
        for (int k = 0; k < f; k++)
        {
            Span<double> pivot = a.Slice(k * f + k, f - k);
            if (!(pivot[0] > 0) || double.IsInfinity(pivot[0])) return false;
            TensorPrimitives.Multiply(pivot, 1 / Math.Sqrt(pivot[0]), pivot);
            for (int i = k + 1; i < f; i++)
                TensorPrimitives.MultiplyAdd(pivot[(i - k)..], -pivot[i - k], a.Slice(i * f + i, f - i), a.Slice(i * f + i, f - i));
        }
        return true;
    }

    /// <summary>Solves UᵀU x = b in place.</summary>
    public static void Solve(ReadOnlySpan<double> u, int f, Span<double> b)
    {
        for (int i = 0; i < f; i++)
        {
            double x = b[i] /= u[i * f + i];
            TensorPrimitives.MultiplyAdd(u.Slice(i * f + i + 1, f - i - 1), -x, b[(i + 1)..], b[(i + 1)..]);
        }
        for (int i = f - 1; i >= 0; i--)
            b[i] = (b[i] - TensorPrimitives.Dot(u.Slice(i * f + i + 1, f - i - 1), b[(i + 1)..])) / u[i * f + i];
    }
}
