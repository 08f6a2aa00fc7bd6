using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>One call of a diversifier: its input in the form the strategies read, and what was picked so far. Kept and reused by its thread.</summary>
internal sealed unsafe class DiversityRun
{
    private readonly Scratch<float> _relevance32 = new(), _left = new(), _lengths = new(), _picked = new();
    private readonly Scratch<byte> _state = new();
    private readonly GreedyStrategy?[] _strategies = new GreedyStrategy?[Enum.GetValues<DiversityStrategy>().Length];
    private readonly FeatureRows _features = new();
    private double[] _relevance = [];
    private float[] _explored = [];
    private bool _categoriesRead;

    /// <summary>Number of candidates.</summary>
    public int N;

    /// <summary>Number of picks wanted, at most n.</summary>
    public int K;

    /// <summary>Width of a row, and elements from row to row.</summary>
    public int D, Stride;

    /// <summary>Candidates' rows (n, stride); null when d is 0.</summary>
    public float* Rows;

    /// <summary>Rows of the items shown before, as given (m, d), and their number.</summary>
    public float* Shown;
    public int ShownRows;

    /// <summary>The weight of relevance, 1 − diversity.</summary>
    public double Lambda;

    public DiversityOptions Options = null!;
    public RankedCandidates Candidates = null!;

    /// <summary>Number of picks so far.</summary>
    public int PickCount;

    /// <summary>Number of basis rows so far: items shown before, then picks.</summary>
    public int BasisCount;

    /// <summary>Elements from one basis row to the next.</summary>
    public int BasisStride;

    /// <summary>Basis rows (shown + k, basis stride), scaled to unit length where the strategy does so.</summary>
    public float* Basis;

    /// <summary>Relevance of the candidates, scaled as the options say.</summary>
    public Span<double> Relevance => _relevance.AsSpan(0, N);

    /// <summary>The same, rounded.</summary>
    public Span<float> Relevance32 => _relevance32.Take(N);

    /// <summary>0: to be had; bit 1: picked; bit 2: barred by a rule at this step.</summary>
    public Span<byte> State => _state.Take(N);

    /// <summary>Bits of <see cref="State"/>.</summary>
    public const byte Picked = 1, Barred = 2;

    /// <summary>The strategy's object of this run, made once.</summary>
    public GreedyStrategy Strategy(DiversityStrategy kind) => _strategies[(int)kind] ??= kind switch
    {
        DiversityStrategy.Relevance => new RelevanceStrategy(),
        DiversityStrategy.Mmr => new MmrStrategy(),
        DiversityStrategy.Msd => new MsdStrategy(),
        DiversityStrategy.Dpp => new DppStrategy(),
        DiversityStrategy.Cover => new CoverStrategy(),
        DiversityStrategy.Ssd => new SsdStrategy(),
        DiversityStrategy.XQuad => new XQuadStrategy(),
        DiversityStrategy.Calibrated => new CalibratedStrategy(),
        DiversityStrategy.RelevantXQuad => new XQuadStrategy(byRelevance: true),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such strategy"),
    };

    /// <summary>Takes the input over. The rows' memory must be pinned until <see cref="Leave"/>.</summary>
    public void Enter(RankedCandidates candidates, DiversityOptions options, RelevanceScale scale, bool isDpp, double diversity, int k, float* rows, float* shown)
    {
        Candidates = candidates;
        Options = options;
        N = candidates.Count;
        K = k;
        D = Stride = candidates.Dimensions;
        Rows = rows;
        Shown = shown;
        ShownRows = D == 0 ? 0 : candidates.ShownVectors.Length / D;
        Lambda = 1 - diversity;
        PickCount = BasisCount = 0;
        _categoriesRead = false;
        State.Clear();
        if (_relevance.Length < N)
            _relevance = new double[Math.Max(N, _relevance.Length * 3 / 2)];
        Scores = candidates.Scores;
        if (Exploration.Acts(options, diversity))
        {
            RelevanceScaling.Apply(RelevanceScale.Raw, candidates.Scores.Span, Relevance); // refuses what is not finite
            if (_explored.Length < N)
                _explored = new float[N];
            Exploration.Apply(candidates, options, diversity, _explored.AsSpan(0, N));
            Scores = _explored.AsMemory(0, N);
        }
        Rules.Read(options.Rules, candidates);
        RelevanceScaling.Apply(scale, Scores.Span, Relevance, isDpp && options.IsLiteral ? Epsilon : 0);
        TensorPrimitives.ConvertTruncating<double, float>(Relevance, Relevance32);
    }

    /// <summary>The scores to go by: as given, or with exploration.</summary>
    public ReadOnlyMemory<float> Scores;

    /// <summary>The rules of the run.</summary>
    public RuleBook Rules { get; } = new();

    /// <summary>A copy of n values to strike out from.</summary>
    public Span<float> Left(ReadOnlySpan<float> values)
    {
        Span<float> left = _left.Take(values.Length);
        values.CopyTo(left);
        return left;
    }

    /// <summary>Room for lengths of picks and shown items.</summary>
    public Span<float> Lengths(int count) => _lengths.Take(count);

    /// <summary>Categories of candidates and shown items, and the user's mix; after <see cref="ReadCategories"/>.</summary>
    public CategoryTable Categories { get; } = new();

    /// <summary>Reads the categories, once a run.</summary>
    public void ReadCategories()
    {
        if (_categoriesRead)
            return;
        Categories.Read(Candidates);
        _categoriesRead = true;
    }

    /// <summary>Mixes categories into the rows, where the options ask for it or there are no vectors.</summary>
    public void MixCategories()
    {
        if (D == 0 ? Candidates.Items.Count > 0 : Options.CategoryWeight > 0)
            _features.Build(this, D == 0 ? 1 : Options.CategoryWeight);
    }

    /// <summary>Makes room for the basis rows, each padded with zeros to a multiple of 16.</summary>
    public void ReserveBasis()
    {
        BasisStride = (D + 15) / 16 * 16;
        Basis = _picked.Pointer(checked((ShownRows + K) * BasisStride));
    }

    /// <summary>Appends a row to the basis, times a factor.</summary>
    public void AppendBasis(float* row, float factor)
    {
        float* to = Basis + (long)BasisCount * BasisStride;
        for (int j = 0; j < D; j++)
            to[j] = row[j] * factor;
        for (int j = D; j < BasisStride; j++)
            to[j] = 0;
        BasisCount++;
    }

    /// <summary>1 / max(‖row‖, 2⁻²³); 0 for a row of zeros.</summary>
    /// <exception cref="ArgumentException">The length is not finite.</exception>
    public float InverseLength(float* row, int index, bool shown = false)
    {
        float squares = RowDots.Dot(row, row, D);
        if (!float.IsFinite(squares))
        {
            throw new ArgumentException($"the vector of {(shown ? "shown item" : "candidate")} {index} is not finite, or too long for float32: " +
                "give finite vectors with lengths below 1e19, or zeros where there is none");
        }
        return squares == 0 ? 0 : 1 / MathF.Max(MathF.Sqrt(squares), Epsilon);
    }

    /// <summary>The float32 machine epsilon, 2⁻²³.</summary>
    public const float Epsilon = 1.1920929e-07f;

    public float* Row(int i) => Rows + (long)i * Stride;

    public void Leave()
    {
        Candidates = null!;
        Rows = Shown = null;
        Scores = default;
    }
}
