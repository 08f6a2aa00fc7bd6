namespace LlmRec;

/// <summary>Calibration: λ Σ r − (1 − λ) KL(p ‖ 0.99 q + 0.01 p) of the whole list, p the user's mix and q the list's, natural logarithm.</summary>
internal sealed class CalibratedStrategy : GreedyStrategy
{
    /// <summary>How much of p is mixed into q, so that a category the list lacks costs a finite amount (Steck 2018, section 3.1).</summary>
    private const double Mixed = 0.01;

    private readonly Scratch<double> _sums = new(), _terms = new();
    private double _relevance;
    private int _count;

    public override void Begin(DiversityRun run)
    {
        run.ReadCategories();
        _sums.Zeroed(run.Categories.Count);
        _relevance = 0;
        _count = 0;
        for (int m = 0; m < run.Candidates.ShownItems.Count; m++)
            Count(run, run.N + m);
    }

    public override int Next(DiversityRun run, out double value)
    {
        CategoryTable categories = run.Categories;
        ReadOnlySpan<double> r = run.Relevance, mix = categories.Mix, sums = _sums.Take(categories.Count);
        ReadOnlySpan<byte> state = run.State;

        // The divergence of the list with nothing added, but one longer; a candidate changes the terms of its own categories only.
        Span<double> terms = _terms.Take(categories.Count);
        double divergence = 0, share = 1.0 / (_count + 1);
        for (int c = 0; c < terms.Length; c++)
        {
            terms[c] = Term(mix[c], sums[c] * share);
            divergence += terms[c];
        }
        double lambda = run.Lambda, top = double.NegativeInfinity;
        int best = -1;
        for (int i = 0; i < r.Length; i++)
        {
            if (state[i] != 0)
                continue;
            double with = divergence;
            ReadOnlySpan<int> own = categories.Of(i);
            foreach (int c in own)
                with += Term(mix[c], (sums[c] + 1.0 / own.Length) * share) - terms[c];
            double v = lambda * (_relevance + r[i]) - (1 - lambda) * with;
            if (v > top)
                (top, best) = (v, i);
        }
        value = top;
        return best;
    }

    public override void Add(DiversityRun run, int index)
    {
        _relevance += run.Relevance[index];
        Count(run, index);
    }

    private void Count(DiversityRun run, int i)
    {
        Span<double> sums = _sums.Take(run.Categories.Count);
        ReadOnlySpan<int> own = run.Categories.Of(i);
        foreach (int c in own)
            sums[c] += 1.0 / own.Length;
        _count++;
    }

    private static double Term(double p, double q) => p > 0 ? p * Math.Log(p / ((1 - Mixed) * q + Mixed * p)) : 0;
}
