using System.Numerics.Tensors;

namespace LlmRec;

/// <summary>
/// Coverage with diminishing returns: λ r_j + (1 − λ) Σ_i [(c_i + s_ij)^γ − c_i^γ], c_i = Σ over picks of s_i. The similarities are computed once,
/// as the tiles of the upper triangle, and kept where they fit; each step then is one pass of roots over them.
/// </summary>
internal sealed unsafe class CoverStrategy : GreedyStrategy
{
    /// <summary>Rows and columns of a tile; a tile is (32, 32), row-major.</summary>
    private const int Side = CoverKernel.Side;

    /// <summary>Most similarities that are kept, 256 MiB; beyond that each step computes them anew.</summary>
    private const long MostKept = 1L << 26;

    private readonly Scratch<float> _panels = new(), _tiles = new(), _covered = new(), _base = new(), _gain = new(), _column = new();
    private bool _gainsKnown;
    private float _largest;

    public override void Begin(DiversityRun run)
    {
        int n = run.N, panels = (n + Side - 1) / Side;
        long tiles = (long)panels * (panels + 1) / 2;
        Pack(run, panels);
        _covered.Zeroed(panels * Side);
        _base.Zeroed(panels * Side);
        _gainsKnown = false;
        _largest = 0;
        Kept = tiles * Side * Side <= MostKept;
        if (Kept)
        {
            _tiles.Take((int)(tiles * Side * Side));
            float* to = _tiles.Pointer(0);
            for (int a = 0; a < panels; a++)
                for (int b = a; b < panels; b++, to += Side * Side)
                    Tile(run, a, b, to);
        }
        else
        {
            _tiles.Take(Side * Side);
        }
        for (int m = 0; m < run.ShownRows; m++)
        {
            float* row = run.Shown + (long)m * run.D;
            float inverse = Factor(run, run.D == 0 ? 0 : run.InverseLength(row, m, shown: true));
            Cover(run, row, inverse);
        }
    }

    private bool Kept { get; set; }

    public override int Next(DiversityRun run, out double value)
    {
        if (!_gainsKnown)
            ComputeGains(run);
        ReadOnlySpan<float> gain = _gain.Take(run.N), r = run.Relevance32;
        ReadOnlySpan<byte> state = run.State;
        if (_largest == 0 && run.Options.ScaledVariety)
            _largest = gain.IsEmpty ? 1 : MathF.Max(TensorPrimitives.Max(gain), float.Epsilon);
        float lambda = (float)run.Lambda, variety = (1 - lambda) / (run.Options.ScaledVariety ? _largest : 1), top = float.NegativeInfinity;
        int best = -1;
        for (int i = 0; i < gain.Length; i++)
        {
            float v = lambda * r[i] + variety * gain[i];
            if (v > top && state[i] == 0)
                (top, best) = (v, i);
        }
        value = top;
        return best;
    }

    public override void Add(DiversityRun run, int index)
    {
        float* row = run.Row(index);
        Cover(run, row, Factor(run, run.D == 0 ? 0 : run.InverseLength(row, index)));
    }

    private static float Factor(DiversityRun run, float inverse) => run.Options.Similarity == VectorSimilarity.Cosine || inverse == 0 ? inverse : 1;

    /// <summary>Scaled rows in panels of 32, transposed: panels (panel, d, 32); rows beyond n are zero.</summary>
    private void Pack(DiversityRun run, int panels)
    {
        int d = run.D;
        float* to = _panels.Pointer(checked(panels * d * Side));
        for (int p = 0; p < panels; p++, to += d * Side)
        {
            for (int lane = 0; lane < Side; lane++)
            {
                int i = p * Side + lane;
                float factor = i < run.N ? Factor(run, d == 0 ? 0 : run.InverseLength(run.Row(i), i)) : 0;
                float* row = run.Row(Math.Min(i, run.N - 1));
                for (int j = 0; j < d; j++)
                    to[j * Side + lane] = row[j] * factor;
            }
        }
    }

    /// <summary>s (32, 32) of two panels: clipped cosines, or positive parts of dot products.</summary>
    private void Tile(DiversityRun run, int a, int b, float* to)
    {
        long panel = (long)run.D * Side;
        CoverKernel.Products(_panels.Pointer(0) + a * panel, _panels.Pointer(0) + b * panel, run.D, to);
        CoverKernel.Clip(to, run.Options.Similarity == VectorSimilarity.Dot ? float.PositiveInfinity : 1);
    }

    /// <summary>Adds a pick's similarity to what is covered of every candidate.</summary>
    private void Cover(DiversityRun run, float* row, float inverse)
    {
        int n = run.N, d = run.D;
        float limit = run.Options.Similarity == VectorSimilarity.Dot ? float.PositiveInfinity : 1;
        Span<float> covered = _covered.Take(n);
        if (inverse != 0)
        {
            float* column = _column.Pointer(Math.Max(d, Side));
            for (int j = 0; j < d; j++)
                column[j] = row[j] * inverse;
            float* sums = stackalloc float[Side];
            for (int first = 0; first < n; first += Side)
            {
                CoverKernel.PanelTimesColumn(_panels.Pointer(0) + (long)first / Side * d * Side, column, d, sums);
                for (int lane = 0; lane < Math.Min(Side, n - first); lane++)
                    covered[first + lane] += Math.Clamp(sums[lane], 0, limit);
            }
        }
        Roots(run, covered, _base.Take(n));
        _gainsKnown = false;
    }

    private void ComputeGains(DiversityRun run)
    {
        int panels = (run.N + Side - 1) / Side;
        float* gain = _gain.Pointer(panels * Side), covered = _covered.Pointer(0), roots = _base.Pointer(0), tile = _tiles.Pointer(0);
        new Span<float>(gain, panels * Side).Clear();
        double gamma = run.Options.CoverGamma;
        for (int a = 0; a < panels; a++)
        {
            for (int b = a; b < panels; b++)
            {
                if (!Kept)
                    Tile(run, a, b, tile);
                CoverKernel.AddGains(tile, covered + a * Side, roots + a * Side, gain + b * Side, gamma);
                if (a != b)
                    CoverKernel.AddGainsTransposed(tile, covered + b * Side, roots + b * Side, gain + a * Side, gamma);
                if (Kept)
                    tile += Side * Side;
            }
        }
        _gainsKnown = true;
    }

    private static void Roots(DiversityRun run, ReadOnlySpan<float> x, Span<float> to)
    {
        if (run.Options.CoverGamma == 0.5)
            TensorPrimitives.Sqrt(x, to);
        else
            TensorPrimitives.Pow(x, (float)run.Options.CoverGamma, to);
    }
}
