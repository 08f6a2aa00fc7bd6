using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix in double precision: Householder reduction to tridiagonal form, then implicit
/// QR steps with Wilkinson's shift (Golub and Van Loan, Matrix Computations, 4th ed., algorithms 8.3.1 and 8.3.2).
/// </summary>
/// <remarks>O(n³), about 10 n³ operations; meant for n up to about 2,000. One thread, deterministic, thread-safe.</remarks>
public static class SymmetricEigen
{
    private const int MostStepsPerValue = 60;   // three are usual

    /// <summary>Decomposes A = Σ λₖ vₖ vₖᵀ.</summary>
    /// <param name="matrix">n × n values, row after row, finite and symmetric; overwritten.</param>
    /// <param name="n">Order of the matrix, at least 0.</param>
    /// <param name="values">Receives the n eigenvalues, largest first.</param>
    /// <param name="vectors">Receives n × n values: row k is the unit eigenvector of <c>values[k]</c>; its entry of largest magnitude is positive.</param>
    /// <exception cref="ArgumentException">A span is too short, or the matrix holds NaN or infinity.</exception>
    public static void Decompose(Span<double> matrix, int n, Span<double> values, Span<double> vectors)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (matrix.Length < n * n) throw new ArgumentException($"{n} × {n} values are needed, got {matrix.Length}", nameof(matrix));
        if (values.Length < n) throw new ArgumentException($"{n} values are needed, got {values.Length}", nameof(values));
        if (vectors.Length < n * n) throw new ArgumentException($"{n} × {n} values are needed, got {vectors.Length}", nameof(vectors));
        matrix = matrix[..(n * n)];
        foreach (double x in matrix)
            if (!double.IsFinite(x))
                throw new ArgumentException("the matrix holds NaN or infinity", nameof(matrix));

        var d = new double[n];   // diagonal
        var e = new double[n];   // e[k] beside d[k] and d[k + 1]
        var z = new double[n * n];
        Tridiagonalise(matrix, n, d, e, z);
        Diagonalise(n, d, e, z);

        int[] order = [.. Enumerable.Range(0, n)];
        Array.Sort(order, (a, b) => d[a] != d[b] ? d[b].CompareTo(d[a]) : a.CompareTo(b));
        for (int k = 0; k < n; k++)
        {
            values[k] = d[order[k]];
            ReadOnlySpan<double> from = z.AsSpan(order[k] * n, n);
            Span<double> to = vectors.Slice(k * n, n);
            double largest = 0;
            foreach (double x in from)
                if (Math.Abs(x) > Math.Abs(largest) * (1 + 1e-9))   // a near tie stays with the first
                    largest = x;
            double sign = largest < 0 ? -1 : 1;
            for (int i = 0; i < n; i++) to[i] = sign * from[i];
        }
    }

    // A = Q T Qᵀ with Q = H0 H1 …; z receives Qᵀ, so that later rotations mix whole rows.
    private static void Tridiagonalise(Span<double> a, int n, double[] d, double[] e, double[] z)
    {
        var vs = new double[n * n];   // row k: the Householder vector of step k, zero up to place k
        var betas = new double[n];
        var p = new double[n];
        for (int k = 0; k + 2 < n; k++)
        {
            Span<double> v = vs.AsSpan(k * n, n);
            double scale = 0;
            for (int i = k + 1; i < n; i++) scale = Math.Max(scale, Math.Abs(a[i * n + k]));
            if (scale == 0) continue;
            double norm = 0;
            for (int i = k + 1; i < n; i++)
            {
                v[i] = a[i * n + k] / scale;
                norm += v[i] * v[i];
            }
            double alpha = v[k + 1] > 0 ? -Math.Sqrt(norm) : Math.Sqrt(norm);
            double vv = norm - alpha * v[k + 1];   // half of vᵀv once alpha is taken off the first entry
            if (vv <= 0) { v.Clear(); continue; }
            v[k + 1] -= alpha;
            double beta = betas[k] = 1 / vv;
            a[(k + 1) * n + k] = a[k * n + k + 1] = alpha * scale;
            for (int i = k + 2; i < n; i++) a[i * n + k] = a[k * n + i] = 0;

            // A ← H A H over the rows and columns behind k: A − v wᵀ − w vᵀ, w = p − ½ β (pᵀv) v, p = β A v
            ReadOnlySpan<double> vt = v[(k + 1)..];
            double pv = 0;
            for (int i = k + 1; i < n; i++)
            {
                p[i] = beta * Dot(a.Slice(i * n + k + 1, n - k - 1), vt);
                pv += p[i] * v[i];
            }
            for (int i = k + 1; i < n; i++) p[i] -= beta / 2 * pv * v[i];
            ReadOnlySpan<double> w = p.AsSpan(k + 1, n - k - 1);
            for (int i = k + 1; i < n; i++)
            {
                Span<double> row = a.Slice(i * n + k + 1, n - k - 1);
                AddScaled(row, -v[i], w);
                AddScaled(row, -p[i], vt);
            }
        }
        for (int k = 0; k < n; k++)
        {
            d[k] = a[k * n + k];
            if (k + 1 < n) e[k] = a[(k + 1) * n + k];
        }

        // Q from the last reflection back, so that each touches only the corner behind it.
        double[] q = new double[n * n];
        for (int i = 0; i < n; i++) q[i * n + i] = 1;
        for (int k = n - 3; k >= 0; k--)
        {
            if (betas[k] == 0) continue;
            ReadOnlySpan<double> v = vs.AsSpan(k * n, n);
            Span<double> s = p.AsSpan(k + 1, n - k - 1);
            s.Clear();
            for (int i = k + 1; i < n; i++) AddScaled(s, v[i], q.AsSpan(i * n + k + 1, n - k - 1));
            for (int i = k + 1; i < n; i++) AddScaled(q.AsSpan(i * n + k + 1, n - k - 1), -betas[k] * v[i], s);
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                z[i * n + j] = q[j * n + i];
    }

    // T → Λ by rotations G, each applied to the rows of z as well.
    private static void Diagonalise(int n, double[] d, double[] e, double[] z)
    {
        int steps = 0;
        double norm = 0;
        for (int k = 0; k < n; k++) norm = Math.Max(norm, Math.Abs(d[k]) + Math.Abs(e[k]));
        for (int hi = n - 1; hi > 0;)
        {
            int lo = hi;
            while (lo > 0 && !Negligible(lo - 1)) lo--;
            if (lo == hi)
            {
                hi--;
                steps = 0;
                continue;
            }
            if (++steps > MostStepsPerValue)
                throw new ArithmeticException($"the eigenvalues did not converge in {MostStepsPerValue} steps; this does not happen with finite input");

            double half = (d[hi - 1] - d[hi]) / 2, last = e[hi - 1];
            double root = double.Hypot(half, last);
            double shift = d[hi] - last * (last / (half + (half >= 0 ? root : -root)));
            double x = d[lo] - shift, bulge = e[lo];
            for (int k = lo; k < hi; k++)
            {
                double r = double.Hypot(x, bulge);
                double c = r == 0 ? 1 : x / r, s = r == 0 ? 0 : bulge / r;
                if (k > lo) e[k - 1] = r;
                double a = d[k], b = e[k], g = d[k + 1];
                d[k] = c * c * a + 2 * c * s * b + s * s * g;
                d[k + 1] = s * s * a - 2 * c * s * b + c * c * g;
                e[k] = c * s * (g - a) + (c * c - s * s) * b;
                if (k + 1 < hi)
                {
                    x = e[k];
                    bulge = s * e[k + 1];
                    e[k + 1] *= c;
                }
                Rotate(z.AsSpan(k * n, n), z.AsSpan((k + 1) * n, n), c, s);
            }
        }

        bool Negligible(int k)
        {
            if (Math.Abs(e[k]) > Math.Max(1.1e-16 * (Math.Abs(d[k]) + Math.Abs(d[k + 1])), 1e-18 * norm)) return false;
            e[k] = 0;
            return true;
        }
    }

    private static void Rotate(Span<double> p, Span<double> q, double c, double s)
    {
        Span<Vector<double>> vp = MemoryMarshal.Cast<double, Vector<double>>(p), vq = MemoryMarshal.Cast<double, Vector<double>>(q);
        var vc = new Vector<double>(c);
        var vs = new Vector<double>(s);
        for (int i = 0; i < vp.Length; i++)
        {
            Vector<double> x = vp[i], y = vq[i];
            vp[i] = vc * x + vs * y;
            vq[i] = vc * y - vs * x;
        }
        for (int i = vp.Length * Vector<double>.Count; i < p.Length; i++)
        {
            double x = p[i], y = q[i];
            p[i] = c * x + s * y;
            q[i] = c * y - s * x;
        }
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => TensorPrimitives.Dot(x, y);

    private static void AddScaled(Span<double> to, double factor, ReadOnlySpan<double> x) =>
        TensorPrimitives.MultiplyAdd(x, factor, to, to);
}
