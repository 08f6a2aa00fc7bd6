using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>
/// The half step of alternating least squares, prepared for one fixed side Y (m, f): for a set S of rows of Y it finds
/// x = (g·YᵀY + w·Σ y yᵀ + λI)⁻¹ · t·Σ y, the sums over the y of S, exactly (<see cref="Solve"/>) or by conjugate gradients (<see cref="Improve"/>).
/// Y. Hu, Y. Koren and C. Volinsky, Collaborative filtering for implicit feedback datasets, ICDM 2008.
/// </summary>
/// <remarks>
/// float32. <see cref="Solve"/> costs |S|·f² + f³/3 operations in blocked rank-k updates: gathered rows go through the tiles of the matrix product
/// into one triangle, which is then factored in blocks of 16. Thread-safe as long as nobody writes to Y, each thread has scratch of its own,
/// and a row's result does not depend on which thread asks or what was asked before. f² float32 here and 3·f² a thread.
/// </remarks>
public sealed unsafe partial class RidgeRows
{
    /// <summary>Values of the rows gathered at a time: 16 KB, a panel that stays in the first-level cache for all tiles that read it.</summary>
    internal const int PanelValues = 4096;

    /// <summary>Rows of Y summed in float32 before a sum goes on in float64.</summary>
    private const int GramRows = 512, MostPartials = 64;

    private readonly RowMatrix _y;
    private readonly AlignedBuffer<float> _negatedGram;     // −g·YᵀY (s, s)
    private readonly int _s;                                // f rounded up to whole panels
    private readonly float _weight, _target;

    /// <summary>Prepares a half step: computes YᵀY.</summary>
    /// <param name="y">Y (m, f), all finite.</param>
    /// <param name="gramWeight">g.</param>
    /// <param name="rowWeight">w; may be negative as long as the systems stay positive definite.</param>
    /// <param name="target">t.</param>
    /// <param name="threads">Most threads for YᵀY, at least 1. The result does not depend on it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is less than 1.</exception>
    public RidgeRows(RowMatrix y, double gramWeight, double rowWeight, double target, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _y = y;
        _s = (y.Columns + TileKernel.PanelColumns - 1) / TileKernel.PanelColumns * TileKernel.PanelColumns;
        _weight = (float)rowWeight;
        _target = (float)target;
        _negatedGram = new(_s * _s);
        Gram(gramWeight, threads);
    }

    private RidgeRows(RidgeRows gram, RowMatrix rows)
    {
        (_y, _negatedGram, _s, _weight, _target) = (rows, gram._negatedGram, gram._s, gram._weight, gram._target);
        Width = gram.Width;
    }

    /// <summary>The same YᵀY, but with sets taken from other rows: those of Y and some more, say, which had no part in it.</summary>
    /// <param name="rows">Rows of f values, all finite.</param>
    /// <exception cref="ArgumentException">The rows have another number of factors.</exception>
    public RidgeRows Over(RowMatrix rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Columns == Factors ? new(this, rows) : throw new ArgumentException($"the rows have {rows.Columns} factors, Y has {Factors}", nameof(rows));
    }

    /// <summary>Number of factors f.</summary>
    public int Factors => _y.Columns;

    internal LaneWidth Width { get; init; } = LaneWidths.Best;

    /// <summary>Finds the exact x of a set of rows.</summary>
    /// <param name="rows">Numbers of rows of Y; one that occurs twice counts twice.</param>
    /// <param name="penalty">λ.</param>
    /// <param name="x">Receives f values; all 0 for an empty set.</param>
    /// <returns>False when the system is not positive definite in float32; <paramref name="x"/> is then all 0.</returns>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another length than f, or a row does not exist.</exception>
    public bool Solve(ReadOnlySpan<int> rows, float penalty, Span<float> x)
    {
        Check(rows, x);
        x.Clear();
        if (rows.IsEmpty) return true;
        RidgeScratch scratch = RidgeScratch.OfThisThread(_s);
        float* m = scratch.Matrix, right = scratch.Right;
        new Span<float>(right, _s).Clear();
        int panel = Math.Max(8, PanelValues / _s);
        for (int from = 0; from < rows.Length; from += panel)
        {
            ReadOnlySpan<int> part = rows.Slice(from, Math.Min(panel, rows.Length - from));
            switch (Width)
            {
                case LaneWidth.V512: RidgeKernel.Gather<Lanes512, Vector512<float>>(_y.Pointer, _y.Stride, part, scratch.Panel, _s, right); break;
                case LaneWidth.V256: RidgeKernel.Gather<Lanes256, Vector256<float>>(_y.Pointer, _y.Stride, part, scratch.Panel, _s, right); break;
                case LaneWidth.V128: RidgeKernel.Gather<Lanes128, Vector128<float>>(_y.Pointer, _y.Stride, part, scratch.Panel, _s, right); break;
                default: RidgeKernel.Gather<LanesScalar, float>(_y.Pointer, _y.Stride, part, scratch.Panel, _s, right); break;
            }
            AddOuterProducts(scratch.Panel, part.Length, m, accumulate: from > 0);
        }
        bool solved = Width switch
        {
            LaneWidth.V512 => Solve<Lanes512, Vector512<float>>(scratch, penalty),
            LaneWidth.V256 => Solve<Lanes256, Vector256<float>>(scratch, penalty),
            LaneWidth.V128 => Solve<Lanes128, Vector128<float>>(scratch, penalty),
            _ => Solve<LanesScalar, float>(scratch, penalty),
        };
        GC.KeepAlive(_y);
        if (solved) new Span<float>(right, x.Length).CopyTo(x);
        return solved;
    }

    /// <summary>M (s, s) holds Σ y yᵀ, right holds Σ y; leaves x in right.</summary>
    private bool Solve<TLanes, TVector>(RidgeScratch scratch, float penalty)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        const int block = RidgeKernel.Block;
        float* m = scratch.Matrix, u = scratch.Upper, w = scratch.Inverses, right = scratch.Right;
        RidgeKernel.Negate<TLanes, TVector>(m, _negatedGram.Pointer, _s, _y.Columns, _weight, penalty, right, _target);

        // M = −A, so that what the rows of U above take away is added: M(i, j) += Σ over p < i of U(p, i) · U(p, j)
        for (int i = 0; i < _s; i += block)
        {
            if (i > 0) Multiply(i, u + i, 1, _s, u, i & -TileKernel.PanelColumns, m + (nint)i * _s, accumulate: true);
            float* inverse = w + i * block;   // −(U(i, i)⁻ᵀ), 16 × 16
            if (!RidgeKernel.Eliminate<TLanes, TVector>(m + (nint)i * _s + i, _s, scratch.Diagonal, inverse, right + i)) return false;
            if (i + block == _s) break;
            // U(i, j) = U(i, i)⁻ᵀ · A(i, j)
            Multiply(block, inverse, block, 1, m + (nint)i * _s, (i + block) & -TileKernel.PanelColumns, u + (nint)i * _s, accumulate: false);
            RidgeKernel.TakeAway<TLanes, TVector>(right, u + (nint)i * _s, _s, i);
        }
        for (int i = _s - block; i >= 0; i -= block)
            RidgeKernel.BackSubstitute<TLanes, TVector>(right, u + (nint)i * _s, _s, i, w + i * block);
        return true;
    }

    /// <summary>c (16, from column <paramref name="from"/> to s) = [c +] a (16, k) · b (k, s).</summary>
    private void Multiply(int k, float* a, nint aRow, nint aStep, float* b, int from, float* c, bool accumulate)
    {
        int most = TileKernel.Rows(Width);
        for (int j = from; j < _s; j += TileKernel.PanelColumns)
            for (int r = 0; r < RidgeKernel.Block; r += most)
                TileKernel.Multiply(Width, Math.Min(most, RidgeKernel.Block - r), k, a + r * aRow, aRow, aStep, b + j, _s, c + (nint)r * _s + j, _s, accumulate ? c + (nint)r * _s + j : null, _s, null, b + j, 0);
    }

    /// <summary>C (s, s) = [C +] PᵀP for a panel P (n, s): panels of 32 columns down to the diagonal; what lies further left is not touched.</summary>
    private void AddOuterProducts(float* panel, int n, float* c, bool accumulate)
    {
        int most = TileKernel.Rows(Width);
        for (int j = 0; j < _s; j += TileKernel.PanelColumns)
            for (int i = 0; i < j + TileKernel.PanelColumns; i += most)
                TileKernel.Multiply(Width, Math.Min(most, j + TileKernel.PanelColumns - i), n, panel + i, 1, _s, panel + j, _s, c + (nint)i * _s + j, _s, accumulate ? c + (nint)i * _s + j : null, _s, null, panel + j, 0);
    }

    private void Gram(double weight, int threads)
    {
        int m = _y.Rows, s = _s, f = _y.Columns;
        // the cut into partial sums depends on the number of rows alone
        int group = Math.Max(GramRows, ((m + MostPartials - 1) / MostPartials + GramRows - 1) / GramRows * GramRows);
        var partials = new double[(m + group - 1) / group][];
        Parallel.For(0, partials.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, g =>
        {
            double[] sum = new double[s * s];
            int end = Math.Min(m, (g + 1) * group), panel = Math.Max(8, PanelValues / s);
            RidgeScratch scratch = RidgeScratch.OfThisThread(s);
            Span<float> rows = new(scratch.Panel, panel * s);
            rows.Clear();
            for (int from = g * group; from < end; from += GramRows)
            {
                int to = Math.Min(end, from + GramRows);
                for (int i = from; i < to; i += panel)
                {
                    int n = Math.Min(panel, to - i);
                    for (int r = 0; r < n; r++) _y.Row(i + r).CopyTo(rows[(r * s)..]);
                    AddOuterProducts(scratch.Panel, n, scratch.Matrix, accumulate: i > from);
                }
                for (int p = 0; p < f; p++)
                    for (int q = p; q < f; q++) sum[p * s + q] += scratch.Matrix[p * s + q];
            }
            partials[g] = sum;
        });
        Span<float> gram = _negatedGram.Span;
        for (int p = 0; p < f; p++)
        {
            for (int q = p; q < f; q++)
            {
                double sum = 0;
                foreach (double[] partial in partials) sum += partial[p * s + q];
                gram[p * s + q] = gram[q * s + p] = (float)(-weight * sum);
            }
        }
    }

    private void Check(ReadOnlySpan<int> rows, Span<float> x)
    {
        if (x.Length != _y.Columns) throw new ArgumentException($"a row has {_y.Columns} factors, the span has {x.Length}", nameof(x));
        foreach (int r in rows)
            if ((uint)r >= (uint)_y.Rows) throw new ArgumentException($"there is no row {r} among {_y.Rows}", nameof(rows));
    }
}
