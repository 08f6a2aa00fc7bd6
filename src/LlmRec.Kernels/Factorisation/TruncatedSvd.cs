using System.Numerics.Tensors;

namespace LlmRec.Kernels;

/// <summary>
/// The k largest singular values and right singular vectors of a sparse matrix, X ≈ U Σ Vᵀ, by randomised subspace iteration
/// (Halko, Martinsson and Tropp, arXiv 0909.4061, algorithm 4.4, with the shift of Feng, Yu and Xie, "Faster randomized SVD with dynamic shifts", 2024,
/// that makes each pass count for more). U Σ is X V.
/// </summary>
/// <remarks>
/// Immutable and thread-safe; the same bytes for any number of threads. Double precision, except for the products with the matrix in the first eight passes but the
/// last, where directions are only sought; see <see cref="TruncatedSvdOptions.DoublePrecision"/>.
/// </remarks>
public sealed class TruncatedSvd
{
    /// <summary>Singular values below this fraction of the largest cannot be told from rounding and are dropped.</summary>
    private const double Negligible = 1e-6;

    /// <summary>Passes from the start whose products are in float32.</summary>
    private const int MostNarrowPasses = 8;

    private readonly double[] _singularValues;
    private readonly double[] _rightVectors;

    private TruncatedSvd(double[] singularValues, double[] rightVectors)
    {
        _singularValues = singularValues;
        _rightVectors = rightVectors;
    }

    /// <summary>Number of singular triplets found: the wanted rank, or less where the matrix has no more.</summary>
    public int Rank => _singularValues.Length;

    /// <summary>The singular values, largest first, all positive.</summary>
    public ReadOnlySpan<double> SingularValues => _singularValues;

    /// <summary>V: m × <see cref="Rank"/> values, row after row; its columns are orthonormal, the entry of largest magnitude of each is positive.</summary>
    public ReadOnlySpan<double> RightVectors => _rightVectors;

    /// <summary>Factorises a matrix.</summary>
    /// <param name="matrix">X, n × m.</param>
    /// <param name="rank">Wanted rank k, at least 1.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the part done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <remarks>
    /// With l = k + oversampling: (passes + 1) · 2 · l · entries multiplications and as many times l² · min(n, m) · 2, l · (n + m) float64 of memory.
    /// </remarks>
    /// <exception cref="ArgumentException">The block of max(n, m) × l values is beyond what one array can hold.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rank or an option is out of range.</exception>
    public static TruncatedSvd Compute(
        SparseMatrix matrix, int rank, TruncatedSvdOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rank);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegative(options.PowerIterations, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.PowerIterations, 1000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Oversampling, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxThreads, nameof(options));

        // The subspace Q lives on the smaller side of X, where making it orthonormal is cheap: A (s × t), s ≤ t, is X or its transpose.
        SparseMatrix transpose = matrix.Transpose();
        bool wide = matrix.Rows <= matrix.Columns;
        (SparseMatrix a, SparseMatrix at) = wide ? (matrix, transpose) : (transpose, matrix);
        int s = a.Rows, t = a.Columns;
        rank = Math.Min(rank, s);
        if (rank == 0 || a.Entries == 0) return new([], []);

        // The padding up to whole lanes is used for more oversampling.
        int stride = TallSkinny.StrideFor((int)Math.Min((long)rank + options.Oversampling, s));
        int l = Math.Min(stride, s);
        if ((long)t * stride > Array.MaxLength)
            throw new ArgumentException($"{t} × {stride} values do not fit one array: ask for a smaller rank, or fewer rows or columns", nameof(matrix));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxThreads == 0 ? -1 : options.MaxThreads, CancellationToken = cancellationToken };

        double[] q = RandomStart(s, l, stride, options.Seed);                // Q (s, l)
        double[] z = new double[t * stride];                                 // Z = Aᵀ Q (t, l)
        double[] y = new double[s * stride];                                 // Y = A Z (s, l)
        double[] gram = new double[stride * stride];
        double[] weights = new double[stride * stride];
        double steps = options.PowerIterations + 1, shift = 0;
        // what float32 rounds away is far below what a few passes leave to find; the last pass, and all that many passes ask for, are in float64
        int narrow = options.DoublePrecision ? 0 : Math.Clamp(options.PowerIterations - 1, 0, MostNarrowPasses);
        AlignedBuffer<float>? q32 = narrow > 0 ? new(s * stride) : null, z32 = narrow > 0 ? new(t * stride) : null;
        for (int i = 0; i < options.PowerIterations; i++)
        {
            if (i < narrow)
            {
                TensorPrimitives.ConvertTruncating<double, float>(q, q32!.Span);
                NarrowProduct.Multiply(at, q32!, z32!, stride, parallel);
                NarrowProduct.Multiply(a, z32!, q32!, stride, parallel);
                TensorPrimitives.ConvertTruncating<float, double>(q32.Span, y);
            }
            else
            {
                TallSkinny.Multiply(at, q, z, stride, parallel);
                TallSkinny.Multiply(a, z, y, stride, parallel);
            }
            if (shift > 0)
                for (int k = 0; k < y.Length; k++) y[k] -= shift * q[k];
            (q, y) = (y, q);
            double smallest = Orthonormalise(q, s, l, stride, gram, weights, parallel);
            // With A Aᵀ − αI in place of A Aᵀ the wanted directions gain faster on the others as long as α ≤ ½ σ_l².
            if (i > 0 && smallest > shift) shift = (shift + smallest) / 2;
            progress?.Report((i + 1) / steps);
        }
        if (options.PowerIterations == 0) Orthonormalise(q, s, l, stride, gram, weights, parallel);

        // Rayleigh and Ritz on the subspace: ZᵀZ = W Σ² Wᵀ, then V = Z W Σ⁻¹ on the t side, Q W on the s side.
        TallSkinny.Multiply(at, q, z, stride, parallel);
        TallSkinny.Gram(z, t, stride, gram, parallel);
        double[] values = new double[stride], vectors = new double[stride * stride];
        SymmetricEigen.Decompose(gram, stride, values, vectors);
        int found = 0;
        while (found < rank && values[found] > Negligible * Negligible * values[0]) found++;
        double[] sigma = [.. values.Take(found).Select(Math.Sqrt)];
        Fill(weights, vectors, stride, found, k => wide ? 1 / sigma[k] : 1);
        double[] v = wide ? z : q;
        TallSkinny.MultiplyInPlace(v, matrix.Columns, stride, weights, parallel);
        var result = new TruncatedSvd(sigma, Narrow(v, matrix.Columns, stride, found));
        progress?.Report(1);
        return result;
    }

    /// <summary>
    /// Q ← Q W Λ^−½ with QᵀQ = W Λ Wᵀ (Stathopoulos and Wu 2002): products only, and directions that depend on others become zero
    /// instead of noise. Returns the root of the smallest of the l eigenvalues.
    /// </summary>
    private static double Orthonormalise(double[] q, int rows, int l, int stride, double[] gram, double[] weights, ParallelOptions parallel)
    {
        double[] values = new double[stride], vectors = new double[stride * stride];
        double smallest = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            TallSkinny.Gram(q, rows, stride, gram, parallel);
            SymmetricEigen.Decompose(gram, stride, values, vectors);
            int kept = 0;
            while (kept < l && values[kept] > 1e-14 * values[0]) kept++;
            if (pass == 0 && kept == l) smallest = Math.Sqrt(values[l - 1]);
            double[] λ = values;
            Fill(weights, vectors, stride, kept, k => 1 / Math.Sqrt(λ[k]));
            TallSkinny.MultiplyInPlace(q, rows, stride, weights, parallel);
            // What one pass leaves of non-orthogonality is the rounding error times the spread of the eigenvalues.
            if (kept == 0 || values[kept - 1] > 1e-6 * values[0]) break;
        }
        return smallest;
    }

    // weights (l, l): column k is vector k times its factor, zero from `kept` on.
    private static void Fill(double[] weights, double[] vectors, int stride, int kept, Func<int, double> factor)
    {
        weights.AsSpan().Clear();
        for (int k = 0; k < kept; k++)
        {
            double f = factor(k);
            for (int a = 0; a < stride; a++) weights[a * stride + k] = f * vectors[k * stride + a];
        }
    }

    // (rows, stride) → (rows, rank), each column's sign set by its largest entry.
    private static double[] Narrow(double[] v, int rows, int stride, int rank)
    {
        double[] largest = new double[rank], narrow = new double[rows * rank];
        for (int i = 0; i < rows; i++)
            for (int k = 0; k < rank; k++)
                if (Math.Abs(v[i * stride + k]) > Math.Abs(largest[k]) * (1 + 1e-9))
                    largest[k] = v[i * stride + k];
        for (int i = 0; i < rows; i++)
            for (int k = 0; k < rank; k++)
                narrow[i * rank + k] = largest[k] < 0 ? -v[i * stride + k] : v[i * stride + k];
        return narrow;
    }

    // Uniform in (−1, 1) from splitmix64 (Steele, Lea and Flood 2014); any distribution without a preferred direction serves.
    private static double[] RandomStart(int rows, int l, int stride, ulong seed)
    {
        var q = new double[rows * stride];
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < l; k++)
            {
                ulong x = seed + 0x9E3779B97F4A7C15 * ((ulong)i * (ulong)l + (ulong)k + 1);
                x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
                x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
                x ^= x >> 31;
                q[i * stride + k] = ((long)x >> 11) * (1.0 / (1L << 52));
            }
        }
        return q;
    }
}
