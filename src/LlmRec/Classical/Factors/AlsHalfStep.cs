using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using LlmRec.Kernels;

namespace LlmRec;

/// <summary>
/// The half step of implicit ALS in float64: with the other side Y fixed, x = A⁻¹ b for each row, where A = all·YᵀY + taken·Σ y yᵀ + λ·I and
/// b = target·Σ y, the sums over the row's entries.
/// </summary>
internal sealed class AlsHalfStep
{
    private readonly ImplicitAlsOptions _options;
    private readonly double _all, _taken, _target;

    public AlsHalfStep(ImplicitAlsOptions options, CancellationToken cancellationToken = default)
    {
        _options = options;
        // the confidence of a taken pair is α, of which YᵀY holds 1 already
        (_all, _taken, _target) = options.Objective == AlsObjective.Confidence ? (1.0, options.Alpha - 1, options.Alpha) : (options.Alpha, 1.0, 1.0);
        Parallel = new() { MaxDegreeOfParallelism = options.Threads == 0 ? -1 : options.Threads, CancellationToken = cancellationToken };
    }

    /// <summary>How many threads.</summary>
    public ParallelOptions Parallel { get; }

    /// <summary>The weights of YᵀY and of the sum over a row's entries.</summary>
    public (double All, double Taken) Weights => (_all, _taken);

    /// <summary>What each taken pair should score, times its weight.</summary>
    public double Target => _target;

    /// <summary>all·YᵀY, upper triangle.</summary>
    public double[] Gram(double[] y)
    {
        int f = _options.Factors;
        double[] gram = new double[f * f];
        NormalEquations.Gram(y, y.Length / f, f, _all, gram, Parallel);
        return gram;
    }

    /// <summary>Solves all rows of a matrix.</summary>
    /// <param name="matrix">Who took what: rows of X, columns of Y.</param>
    /// <param name="y">Y (columns, f).</param>
    /// <param name="x">X (rows, f), overwritten; rows without an entry become 0.</param>
    public void Run(SparseMatrix matrix, double[] y, double[] x)
    {
        int f = _options.Factors;
        double[] gram = Gram(y);
        if (_options.Solver == AlsSolver.ConjugateGradient) Mirror(gram, f);
        ForRows(matrix.Rows, () => new Scratch(f), (r, scratch) =>
        {
            ReadOnlySpan<int> row = matrix.ColumnsOf(r);
            Span<double> vector = x.AsSpan(r * f, f);
            if (row.IsEmpty) vector.Clear();
            else if (_options.Solver == AlsSolver.Cholesky) Solve(row, y, gram, vector, scratch);
            else Improve(row, y, gram, vector, scratch);
        });
    }

    /// <summary>Runs a body for every row on the threads allowed; what the body throws comes out as it is.</summary>
    public void ForRows<T>(int rows, Func<T> scratch, Action<int, T> body)
    {
        try
        {
            System.Threading.Tasks.Parallel.For(0, rows, Parallel, scratch, (r, _, mine) =>
            {
                body(r, mine);
                return mine;
            }, static _ => { });
        }
        catch (AggregateException e) when (e.InnerException is ArithmeticException inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }
    }

    /// <summary>The exact vector of one row; <paramref name="scratch"/> then holds the factor of A and the gathered y.</summary>
    /// <exception cref="ArithmeticException">The equations are singular in float64.</exception>
    public void Solve(ReadOnlySpan<int> row, double[] y, double[] gram, Span<double> x, Scratch scratch)
    {
        int f = _options.Factors;
        x.Clear();
        if (row.IsEmpty) return;
        Span<double> rows = scratch.Gather(row, y);
        double[] a = scratch.Matrix;
        gram.CopyTo(a, 0);
        NormalEquations.AddOuterProducts(rows, f, _taken, a);
        double λ = Penalty(row.Length, y.Length / f);
        for (int k = 0; k < f; k++) a[k * f + k] += λ;
        for (int i = 0; i < row.Length; i++) TensorPrimitives.Add(x, rows.Slice(i * f, f), x);
        TensorPrimitives.Multiply(x, _target, x);
        if (!NormalEquations.Factor(a, f))
            throw new ArithmeticException($"the equations of a row of {row.Length} entries are singular: raise {nameof(ImplicitAlsOptions.Regularisation)} ({_options.Regularisation}) or lower {nameof(ImplicitAlsOptions.Alpha)} ({_options.Alpha})");
        NormalEquations.Solve(a, f, x);
    }

    /// <summary>A few conjugate gradient steps from where x stands.</summary>
    private void Improve(ReadOnlySpan<int> row, double[] y, double[] gram, Span<double> x, Scratch scratch)
    {
        int f = _options.Factors;
        Span<double> rows = scratch.Gather(row, y), residual = scratch.Residual, direction = scratch.Direction, product = scratch.Product;
        double λ = Penalty(row.Length, y.Length / f);
        Multiply(rows, gram, λ, x, residual);
        TensorPrimitives.Negate(residual, residual);
        for (int i = 0; i < row.Length; i++) TensorPrimitives.MultiplyAdd(rows.Slice(i * f, f), _target, residual, residual);
        residual.CopyTo(direction);
        double old = TensorPrimitives.Dot<double>(residual, residual);
        for (int step = 0; step < _options.ConjugateGradientSteps && old >= 1e-20; step++)
        {
            Multiply(rows, gram, λ, direction, product);
            double length = old / TensorPrimitives.Dot<double>(direction, product);
            TensorPrimitives.MultiplyAdd(direction, length, x, x);
            TensorPrimitives.MultiplyAdd(product, -length, residual, residual);
            double now = TensorPrimitives.Dot<double>(residual, residual);
            TensorPrimitives.MultiplyAdd(direction, now / old, residual, direction);
            old = now;
        }
    }

    /// <summary>result ← A·v with A never built.</summary>
    private void Multiply(ReadOnlySpan<double> rows, double[] gram, double λ, ReadOnlySpan<double> v, Span<double> result)
    {
        int f = v.Length;
        for (int k = 0; k < f; k++) result[k] = TensorPrimitives.Dot(gram.AsSpan(k * f, f), v) + λ * v[k];
        for (int i = 0; i < rows.Length; i += f)
            TensorPrimitives.MultiplyAdd(rows.Slice(i, f), _taken * TensorPrimitives.Dot(rows.Slice(i, f), v), result, result);
    }

    /// <summary>λ of a row with that many entries while the other side has that many vectors.</summary>
    public double Penalty(int entries, int others) => _options.Objective == AlsObjective.Confidence
        ? _options.Regularisation
        : _options.Regularisation * Math.Pow(entries + _options.Alpha * others, _options.FrequencyExponent);

    private static void Mirror(double[] a, int f)
    {
        for (int p = 0; p < f; p++)
            for (int q = 0; q < p; q++) a[p * f + q] = a[q * f + p];
    }

    /// <summary>Memory of one thread.</summary>
    public sealed class Scratch(int f)
    {
        private double[] _rows = [];

        public double[] Matrix { get; } = new double[f * f];

        public double[] Residual { get; } = new double[f];

        public double[] Direction { get; } = new double[f];

        public double[] Product { get; } = new double[f];

        /// <summary>The rows of Y that a row refers to, one after the other.</summary>
        public Span<double> Gather(ReadOnlySpan<int> row, double[] y)
        {
            if (_rows.Length < row.Length * f) _rows = new double[Math.Max(row.Length * f, 2 * _rows.Length)];
            for (int i = 0; i < row.Length; i++) y.AsSpan(row[i] * f, f).CopyTo(_rows.AsSpan(i * f));
            return _rows.AsSpan(0, row.Length * f);
        }
    }
}
