using LlmRec.Kernels;

namespace LlmRec;

/// <summary>One fixed side Y of implicit ALS in float32, ready to give the vectors of the other side. A system that float32 cannot factor is solved in float64.</summary>
/// <remarks>Thread-safe as long as nobody writes to Y.</remarks>
internal sealed class AlsSide
{
    private readonly ImplicitAlsOptions _options;
    private readonly AlsHalfStep _step;
    private readonly RidgeRows _ridge;
    private readonly Lazy<(double[] Rows, double[] Gram)> _wide;
    private readonly int _others;

    /// <param name="y">Y (m, f).</param>
    /// <param name="options">How.</param>
    /// <param name="rows">The rows that entries refer to, where others than those of YᵀY.</param>
    /// <param name="cancellationToken">Stops <see cref="Run"/>.</param>
    public AlsSide(RowMatrix y, ImplicitAlsOptions options, RowMatrix? rows = null, CancellationToken cancellationToken = default)
    {
        _others = y.Rows;
        _options = options;
        _step = new(options, cancellationToken);
        (double all, double taken) = _step.Weights;
        _ridge = new(y, all, taken, _step.Target, options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
        if (rows is not null) _ridge = _ridge.Over(rows);
        _wide = new(() => (FactorMatrix.Widen(rows ?? y), _step.Gram(FactorMatrix.Widen(y))));
    }

    /// <summary>Solves all rows of a matrix.</summary>
    /// <param name="matrix">Who took what: rows of X, columns of Y.</param>
    /// <param name="x">X (rows, f), overwritten; rows without an entry become 0.</param>
    /// <param name="exactly">Whatever the solver.</param>
    public void Run(SparseMatrix matrix, RowMatrix x, bool exactly = false) => _step.ForRows(matrix.Rows, static () => 0, (r, _) =>
    {
        ReadOnlySpan<int> row = matrix.ColumnsOf(r);
        if (exactly || _options.Solver == AlsSolver.Cholesky) Solve(row, x.Row(r));
        else _ridge.Improve(row, (float)_step.Penalty(row.Length, _others), _options.ConjugateGradientSteps, x.Row(r));
    });

    /// <summary>The exact vector of one row.</summary>
    /// <exception cref="ArithmeticException">The equations are singular even in float64.</exception>
    public void Solve(ReadOnlySpan<int> row, Span<float> x)
    {
        if (_ridge.Solve(row, (float)_step.Penalty(row.Length, _others), x)) return;
        double[] wide = new double[x.Length];
        _step.Solve(row, _wide.Value.Rows, _wide.Value.Gram, wide, new(x.Length));
        for (int k = 0; k < x.Length; k++) x[k] = (float)wide[k];
    }
}
