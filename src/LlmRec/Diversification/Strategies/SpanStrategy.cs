namespace LlmRec;

/// <summary>
/// What DPP and SSD share: how much of each vector lies outside the span of the basis (items shown before, then picks). The basis is kept
/// orthonormal, b_t = what is left of x_t outside the earlier ones, so row i's component along it is x_i·b_t and ρ_i = ‖x_i‖² − Σ_t (x_i·b_t)².
/// </summary>
/// <remarks>
/// This is the incremental Cholesky factor of Chen et al. (2018) with its columns written as vectors: the same numbers, one product a step,
/// and no substitution that amplifies rounding. With a window of W the oldest direction leaves when a new one comes, and its square returns
/// to ρ; the directions in the window stay orthogonal to each other, so nothing else changes.
/// </remarks>
internal abstract unsafe class SpanStrategy : LazyStrategy
{
    /// <summary>Below this share of a vector float32 sums cannot tell a candidate from the span.</summary>
    protected const float Rest = 2e-6f;

    /// <summary>Below this share a residual vector is rounding alone.</summary>
    private const double Dependent = 1e-9;

    private readonly Scratch<float> _components = new(), _basisBias = new(), _outside = new(), _inverse = new(), _dots = new();
    private readonly Scratch<double> _residual = new();
    private float* _rest, _inverses, _products, _biases, _parts;
    private float _bias;
    private int _window;
    private bool _sliding;

    /// <summary>ρ of each candidate as of <see cref="LazyStrategy.Seen"/>.</summary>
    protected Span<float> Outside(DiversityRun run) => _outside.Take(run.N);

    /// <summary>One more dimension that is the same for all vectors: 1 or 0.</summary>
    protected abstract float Bias(DiversityRun run);

    /// <summary>True when vectors are scaled to unit length.</summary>
    protected abstract bool Normalize(DiversityRun run);

    /// <summary>ρ of a vector of zeros.</summary>
    protected abstract float OutsideOfZero(DiversityRun run);

    /// <summary>A candidate's value given its ρ.</summary>
    protected abstract float ValueOf(DiversityRun run, int index, float outside);

    protected override bool MayRise(DiversityRun run) => _sliding;

    public override void Begin(DiversityRun run)
    {
        int wanted = run.ShownRows + run.K, window = run.Options.Window ?? int.MaxValue;
        _sliding = this is SsdStrategy && window < wanted;
        _window = _sliding ? window : wanted;
        if (_sliding)
            _components.Take(checked(run.N * _window));
        Seen(run).Fill(-1);
        run.ReserveBasis();
        Hold(run);
        _bias = Bias(run);
        _rest = _outside.Pointer(run.N);
        _inverses = _inverse.Pointer(run.N);
        _products = _dots.Pointer(wanted);
        _biases = _basisBias.Pointer(wanted);
        _parts = _components.Pointer(0);
        Span<float> bounds = Bounds(run), outside = Outside(run);
        bool known = Normalize(run);
        for (int i = 0; i < bounds.Length; i++)
        {
            if (known)
                outside[i] = 1 + Bias(run);
            else
                Look(run, i);
            bounds[i] = ValueOf(run, i, outside[i]);
        }
        for (int m = _sliding ? Math.Max(0, run.ShownRows - window) : 0; m < run.ShownRows; m++)
        {
            float* row = run.Shown + (long)m * run.D;
            Push(run, row, run.D == 0 ? 0 : run.InverseLength(row, m, shown: true));
        }
    }

    public override void Add(DiversityRun run, int index)
    {
        base.Add(run, index);
        if (Seen(run)[index] < 0)
            Look(run, index);
        Push(run, run.Row(index), _inverse.Take(run.N)[index]);
    }

    /// <summary>Adds what is left of a row to the basis. A row within the span adds nothing, but takes its place in a window.</summary>
    private void Push(DiversityRun run, float* row, float inverse)
    {
        int d = run.D, t = run.BasisCount;
        float own = Length(run, row, ref inverse);
        Span<double> left = _residual.Take(d + 1);
        for (int j = 0; j < d; j++)
            left[j] = (double)row[j] * inverse;
        left[d] = own > 0 ? Bias(run) : 0;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int u = Math.Max(0, t - _window); u < t; u++)
                Subtract(run.Basis + (long)u * run.BasisStride, _basisBias.Pointer(0)[u], left);
        }
        double squares = 0;
        foreach (double x in left)
            squares += x * x;
        bool independent = squares > Dependent * own;
        if (!_sliding && !independent)
            return;
        double scale = independent ? 1 / Math.Sqrt(squares) : 0;
        float* to = run.Basis + (long)t * run.BasisStride;
        for (int j = 0; j < run.BasisStride; j++)
            to[j] = j < d ? (float)(left[j] * scale) : 0;
        _basisBias.Pointer(0)[t] = (float)(left[d] * scale);
        run.BasisCount++;
    }

    /// <summary>left −= (left·b) b; the last element is the bias.</summary>
    private static void Subtract(float* b, float bias, Span<double> left)
    {
        int d = left.Length - 1;
        double dot = left[d] * bias;
        for (int j = 0; j < d; j++)
            dot += left[j] * b[j];
        for (int j = 0; j < d; j++)
            left[j] -= dot * b[j];
        left[d] -= dot * bias;
    }

    protected override float Refresh(DiversityRun run, int i)
    {
        if (Known[i] < 0)
            Look(run, i);
        float outside = _rest[i];
        if (outside > 0 || _sliding)
            outside = Project(run, i, outside);
        _rest[i] = outside;
        Known[i] = run.BasisCount;
        return Bound[i] = ValueOf(run, i, outside);
    }

    /// <summary>A candidate's first look: its length.</summary>
    private void Look(DiversityRun run, int i)
    {
        float* row = run.Row(i);
        float inverse = run.D == 0 ? 0 : run.InverseLength(row, i);
        _rest[i] = Length(run, row, ref inverse);
        _inverses[i] = inverse;
        Known[i] = 0;
    }

    /// <summary>‖x‖² with the bias; <paramref name="inverse"/> becomes the factor of the row.</summary>
    private float Length(DiversityRun run, float* row, ref float inverse)
    {
        if (inverse == 0)
            return OutsideOfZero(run);
        if (Normalize(run))
            return 1 + Bias(run);
        inverse = 1;
        return RowDots.Dot(row, row, run.D) + Bias(run);
    }

    /// <summary>ρ of a candidate after the basis rows it has not seen.</summary>
    private float Project(DiversityRun run, int i, float outside)
    {
        int from = Known[i], to = run.BasisCount;
        RowDots.Dots(run.Row(i), run.Basis + (long)from * run.BasisStride, run.BasisStride, to - from, run.D, _products);
        float inverse = _inverses[i];
        float* f = _sliding ? _parts + (long)i * _window : null;
        for (int t = from; t < to; t++)
        {
            float component = _products[t - from] * inverse + _bias * _biases[t], leaving = 0;
            if (_sliding)
            {
                leaving = t >= _window ? f[t % _window] : 0;
                f[t % _window] = component;
            }
            outside = MathF.Max(0, outside + leaving * leaving - component * component);
        }
        return outside;
    }
}
