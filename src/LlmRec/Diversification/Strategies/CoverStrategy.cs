using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace LlmRec;

/// <summary>
/// Coverage with diminishing returns: λ r_j + (1 − λ) Σ_i [(c_i + s_ij)^γ − c_i^γ], c_i = Σ over picks of s_i. The similarities are computed once,
/// as the tiles of the upper triangle, and kept where they fit. A gain can only fall as the list grows, so a step takes up the panels of
/// 32 candidates from the largest bound down and stops at the first that is up to date; candidates stand in order of relevance, which puts the hopeless together.
/// </summary>
internal sealed unsafe class CoverStrategy : GreedyStrategy
{
    /// <summary>Rows and columns of a tile; a tile is (32, 32), row-major.</summary>
    private const int Side = CoverKernel.Side;

    /// <summary>Most similarities that are kept, 256 MiB; beyond that each step computes them anew.</summary>
    private const long MostKept = 1L << 26;

    private readonly Scratch<float> _panels = new(), _tiles = new(), _covered = new(), _roots = new(), _gain = new(), _column = new(), _rowSums = new(), _bounds = new(), _keys = new();
    private readonly Scratch<int> _order = new(), _steps = new();
    private int _count, _step;
    private bool _kept;
    private float _largest;

    public override void Begin(DiversityRun run)
    {
        _count = (run.N + Side - 1) / Side;
        long elements = (long)_count * (_count + 1) / 2 * Side * Side;
        _kept = elements <= MostKept;
        _largest = 0;
        _step = 0;
        Order(run);
        Pack(run);
        _covered.Zeroed(_count * Side);
        _roots.Zeroed(_count * Side);
        _gain.Zeroed(_count * Side);
        _rowSums.Take(Side * 16);
        _bounds.Take(_count);
        _steps.Take(_count).Fill(-1);
        _tiles.Take(_kept ? (int)elements : Side * Side);
        for (int m = 0; m < run.ShownRows; m++)
        {
            float* row = run.Shown + (long)m * run.D;
            Cover(run, row, Factor(run, run.D == 0 ? 0 : run.InverseLength(row, m, shown: true)));
        }
        if (_kept)
            FillTiles(run, gains: run.ShownRows == 0 && run.Options.CoverGamma == 0.5);
    }

    public override int Next(DiversityRun run, out double value)
    {
        Span<int> steps = _steps.Take(_count);
        Span<float> bounds = _bounds.Take(_count);
        if (_largest == 0)
        {
            for (int p = 0; p < _count; p++)
                if (steps[p] < 0)
                    Refresh(run, p);
            _largest = run.Options.ScaledVariety ? MathF.Max(TensorPrimitives.Max(_gain.Take(_count * Side)), 1e-30f) : 1;
        }
        for (int p = 0; p < _count; p++)
            bounds[p] = Best(run, p, out _);

        int best = -1;
        float top = float.NegativeInfinity;
        while (true)
        {
            int p = RowDots.ArgMax(bounds);
            if (p < 0 || bounds[p] < top)
                break;
            if (steps[p] < _step)
            {
                Refresh(run, p);
                bounds[p] = Best(run, p, out _);
                continue;
            }
            float v = Best(run, p, out int index);
            if (v > top || (v == top && index < best))
                (top, best) = (v, index);
            bounds[p] = float.NegativeInfinity; // looked at; another panel may still hold an equal value
        }
        value = top;
        return best;
    }

    public override void Add(DiversityRun run, int index)
    {
        float* row = run.Row(index);
        Cover(run, row, Factor(run, run.D == 0 ? 0 : run.InverseLength(row, index)));
        _step++;
    }

    /// <summary>The best free candidate of a panel by its last known gain.</summary>
    private float Best(DiversityRun run, int p, out int index)
    {
        float lambda = (float)run.Lambda, variety = (1 - lambda) / _largest, top = float.NegativeInfinity;
        ReadOnlySpan<float> r = run.Relevance32, gain = _gain.Take(_count * Side);
        ReadOnlySpan<int> order = _order.Take(run.N);
        ReadOnlySpan<byte> state = run.State;
        index = -1;
        for (int j = p * Side, end = Math.Min(j + Side, run.N); j < end; j++)
        {
            int i = order[j];
            float v = lambda * r[i] + variety * gain[j];
            if (state[i] == 0 && (v > top || (v == top && i < index)))
                (top, index) = (v, i);
        }
        return top;
    }

    /// <summary>Places of candidates: most relevant first.</summary>
    private void Order(DiversityRun run)
    {
        Span<int> order = _order.Take(run.N);
        Span<float> keys = _keys.Take(run.N);
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            keys[i] = -run.Relevance32[i];
        }
        keys.Sort(order);
    }

    /// <summary>Scaled rows in panels of 32, transposed: panels (panel, d, 32); rows beyond n are zero.</summary>
    private void Pack(DiversityRun run)
    {
        int d = run.D;
        float* to = _panels.Pointer(checked(_count * d * Side));
        for (int p = 0; p < _count; p++, to += d * Side)
        {
            // Four rows at a time, so that a written line is touched eight times and not thirty-two.
            for (int lane = 0; lane < Side; lane += 4)
            {
                float* x0 = Source(run, p * Side + lane, out float f0), x1 = Source(run, p * Side + lane + 1, out float f1);
                float* x2 = Source(run, p * Side + lane + 2, out float f2), x3 = Source(run, p * Side + lane + 3, out float f3);
                float* at = to + lane;
                for (int j = 0; j < d; j++, at += Side)
                    Vector128.Create(x0[j] * f0, x1[j] * f1, x2[j] * f2, x3[j] * f3).Store(at);
            }
        }
    }

    private float* Source(DiversityRun run, int place, out float factor)
    {
        int i = _order.Take(run.N)[Math.Min(place, run.N - 1)];
        float* row = run.Row(i);
        factor = place < run.N ? Factor(run, run.D == 0 ? 0 : run.InverseLength(row, i)) : 0;
        return row;
    }

    private static float Factor(DiversityRun run, float inverse) => run.Options.Similarity == VectorSimilarity.Cosine || inverse == 0 ? inverse : 1;

    private static float Limit(DiversityRun run) => run.Options.Similarity == VectorSimilarity.Dot ? float.PositiveInfinity : 1;

    /// <summary>Computes all tiles, and while each is in the cache the gains over an empty list.</summary>
    private void FillTiles(DiversityRun run, bool gains)
    {
        float* to = _tiles.Pointer(0), gain = _gain.Pointer(0), sums = _rowSums.Pointer(0);
        for (int a = 0; a < _count; a++)
        {
            new Span<float>(sums, Side * 16).Clear();
            for (int b = a; b < _count; b++, to += Side * Side)
            {
                Fill(run, a, b, to);
                if (gains)
                    CoverKernel.AddFirstRoots(to, gain + b * Side, a == b ? null : sums);
            }
            AddRowSums(sums, gain + a * Side);
        }
        if (gains)
            _steps.Take(_count).Clear();
    }

    /// <summary>s (32, 32) of two panels: clipped cosines, or positive parts of dot products.</summary>
    private void Fill(DiversityRun run, int a, int b, float* to)
    {
        long panel = (long)run.D * Side;
        CoverKernel.Products(_panels.Pointer(0) + a * panel, _panels.Pointer(0) + b * panel, run.D, to);
        CoverKernel.Clip(to, Limit(run));
    }

    /// <summary>The tile of two panels a ≤ b.</summary>
    private float* Tile(DiversityRun run, int a, int b)
    {
        float* tiles = _tiles.Pointer(0);
        if (_kept)
            return tiles + ((long)a * _count - (long)a * (a - 1) / 2 + (b - a)) * Side * Side;
        Fill(run, a, b, tiles);
        return tiles;
    }

    /// <summary>Brings the gains of a panel up to date.</summary>
    private void Refresh(DiversityRun run, int p)
    {
        float* gain = _gain.Pointer(0) + p * Side, covered = _covered.Pointer(0), roots = _roots.Pointer(0), sums = _rowSums.Pointer(0);
        double gamma = run.Options.CoverGamma;
        new Span<float>(gain, Side).Clear();
        new Span<float>(sums, Side * 16).Clear();
        for (int a = 0; a <= p; a++)
            CoverKernel.AddToColumns(Tile(run, a, p), covered + a * Side, roots + a * Side, gain, gamma);
        for (int b = p + 1; b < _count; b++)
            CoverKernel.AddToRows(Tile(run, p, b), covered + b * Side, roots + b * Side, sums, gamma);
        AddRowSums(sums, gain);
        _steps.Take(_count)[p] = _step;
    }

    private static void AddRowSums(float* sums, float* gain)
    {
        for (int row = 0; row < Side; row++)
            gain[row] += TensorPrimitives.Sum(new ReadOnlySpan<float>(sums + row * 16, 16));
    }

    /// <summary>Adds a pick's similarity to what is covered of every candidate.</summary>
    private void Cover(DiversityRun run, float* row, float factor)
    {
        if (factor == 0)
            return;
        int d = run.D;
        float limit = Limit(run);
        float* column = _column.Pointer(d), panel = _panels.Pointer(0), covered = _covered.Pointer(0);
        for (int j = 0; j < d; j++)
            column[j] = row[j] * factor;
        float* sums = stackalloc float[Side];
        for (int p = 0; p < _count; p++, panel += d * Side, covered += Side)
        {
            CoverKernel.PanelTimesColumn(panel, column, d, sums);
            for (int lane = 0; lane < Side; lane++)
                covered[lane] += Math.Clamp(sums[lane], 0, limit);
        }
        ReadOnlySpan<float> c = _covered.Take(_count * Side);
        if (run.Options.CoverGamma == 0.5)
            TensorPrimitives.Sqrt(c, _roots.Take(_count * Side));
        else
            TensorPrimitives.Pow(c, (float)run.Options.CoverGamma, _roots.Take(_count * Side));
    }
}
