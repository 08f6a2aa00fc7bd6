namespace LlmRec;

/// <summary>Maximal marginal relevance: λ r − (1 − λ) · the largest similarity to a pick. The first pick without context is the most relevant.</summary>
internal sealed unsafe class MmrStrategy : LazyStrategy
{
    private readonly Scratch<float> _worst = new(), _inverse = new(), _dots = new();
    private float* _worsts, _inverses, _products, _relevance;
    private float _lambda;

    public override void Begin(DiversityRun run)
    {
        float lambda = (float)run.Lambda;
        ReadOnlySpan<float> r = run.Relevance32;
        Span<float> bounds = Bounds(run);
        for (int i = 0; i < bounds.Length; i++)
            bounds[i] = lambda * r[i];
        Seen(run).Fill(-1);
        _worst.Zeroed(run.N);
        run.ReserveBasis();
        Hold(run);
        _lambda = lambda;
        _worsts = _worst.Pointer(run.N);
        _inverses = _inverse.Pointer(run.N);
        _products = _dots.Pointer(run.ShownRows + run.K);
        _relevance = RowDots.Address(run.Relevance32);
        for (int m = 0; m < run.ShownRows; m++)
            Append(run, run.Shown + (long)m * run.D, m, shown: true);
    }

    public override int Next(DiversityRun run, out double value)
    {
        if (run.BasisCount > 0)
            return base.Next(run, out value);

        // By relevance itself: at diversity 1 all values are 0, and the most relevant still comes first.
        int best = FirstPick.MostRelevant(run);
        value = best < 0 ? 0 : (float)run.Lambda * run.Relevance32[best];
        return best;
    }

    public override void Add(DiversityRun run, int index)
    {
        base.Add(run, index);
        Append(run, run.Row(index), index, shown: false);
    }

    private static void Append(DiversityRun run, float* row, int index, bool shown)
    {
        float inverse = run.D == 0 ? 0 : run.Options.Similarity == VectorSimilarity.Cosine ? run.InverseLength(row, index, shown) : 1;
        run.AppendBasis(row, inverse);
    }

    protected override float Refresh(DiversityRun run, int i)
    {
        int known = run.BasisCount, seen = Known[i];
        float* row = run.Row(i);
        if (seen < 0)
        {
            float length = run.D == 0 ? 0 : run.InverseLength(row, i);
            _inverses[i] = length == 0 || run.Options.Similarity == VectorSimilarity.Cosine ? length : 1;
            seen = 0;
        }
        float inverse = _inverses[i], worst = _worsts[i];
        if (inverse == 0)
        {
            worst = run.Options.ZeroVectorsAddNothing ? 1 : 0;
        }
        else
        {
            RowDots.Dots(row, run.Basis + (long)seen * run.BasisStride, run.BasisStride, known - seen, run.D, _products);
            for (int t = 0; t < known - seen; t++)
                worst = MathF.Max(worst, _products[t] * inverse);
            if (run.Options.Similarity != VectorSimilarity.Dot)
                worst = MathF.Min(worst, 1);
        }
        _worsts[i] = worst;
        Known[i] = known;
        return Bound[i] = _lambda * _relevance[i] - (1 - _lambda) * worst;
    }
}
