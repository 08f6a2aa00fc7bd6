namespace LlmRec;

/// <summary>Sliding spectrum decomposition: λ z + (1 − λ) γ √ρ, where ρ is what the latest picks leave of the vector.</summary>
internal sealed unsafe class SsdStrategy : SpanStrategy
{
    private float* _relevance;
    private float _lambda, _variety;

    protected override float Bias(DiversityRun run) => run.Options.AppendBias ? 1 : 0;

    protected override bool Normalize(DiversityRun run) => run.Options.Similarity == VectorSimilarity.Cosine;

    // A row of zeros has no direction of its own; with the bias read literally it still has that one.
    protected override float OutsideOfZero(DiversityRun run) => run.Options.ZeroVectorsAddNothing ? 0 : Bias(run);

    public override int Next(DiversityRun run, out double value)
    {
        if (run.ShownRows > 0 || run.PickCount > 0)
            return base.Next(run, out value);
        int best = FirstPick.MostRelevant(run);
        value = best < 0 ? 0 : Refresh(run, best);
        return best;
    }

    public override void Begin(DiversityRun run)
    {
        _lambda = (float)run.Lambda;
        _variety = (1 - _lambda) * (float)run.Options.SsdGamma;
        _relevance = RowDots.Address(run.Relevance32);
        base.Begin(run);
    }

    protected override float ValueOf(DiversityRun run, int index, float outside) => _lambda * _relevance[index] + _variety * MathF.Sqrt(outside);
}
