namespace LlmRec;

/// <summary>xQuAD: λ r + (1 − λ) Σ_c p(c|user) p(c|i) Π over the list of (1 − p(c|j)); p(c|i) = 1 / number of the item's categories.</summary>
/// <param name="byRelevance">True for the relevance-aware form: an item serves a category as far as it is relevant, p(c|i) = r clipped to 0..1 / number of categories.</param>
internal sealed class XQuadStrategy(bool byRelevance = false) : GreedyStrategy
{
    private readonly Scratch<double> _uncovered = new();

    public override void Begin(DiversityRun run)
    {
        run.ReadCategories();
        _uncovered.Take(run.Categories.Count).Fill(1);
        for (int m = 0; m < run.Candidates.ShownItems.Count; m++)
            Cover(run, run.N + m);
    }

    public override int Next(DiversityRun run, out double value)
    {
        CategoryTable categories = run.Categories;
        ReadOnlySpan<double> r = run.Relevance, mix = categories.Mix, uncovered = _uncovered.Take(categories.Count);
        ReadOnlySpan<byte> state = run.State;
        double lambda = run.Lambda, top = double.NegativeInfinity;
        int best = -1;
        for (int i = 0; i < r.Length; i++)
        {
            if (state[i] != 0)
                continue;
            double gain = 0;
            ReadOnlySpan<int> own = categories.Of(i);
            foreach (int c in own)
                gain += mix[c] * uncovered[c] / own.Length;
            double v = lambda * r[i] + (1 - lambda) * gain * Serves(run, i);
            if (v > top)
                (top, best) = (v, i);
        }
        value = top;
        return best;
    }

    public override void Add(DiversityRun run, int index) => Cover(run, index);

    private void Cover(DiversityRun run, int i)
    {
        Span<double> uncovered = _uncovered.Take(run.Categories.Count);
        ReadOnlySpan<int> own = run.Categories.Of(i);
        double served = Serves(run, i) / own.Length;
        foreach (int c in own)
            uncovered[c] *= 1 - served;
    }

    // What was shown on an earlier page has no score any more; it was worth showing.
    private double Serves(DiversityRun run, int i) => byRelevance && i < run.N ? Math.Clamp(run.Relevance[i], 0, 1) : 1;
}
