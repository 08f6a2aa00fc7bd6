namespace LlmRec;

/// <summary>Sliding spectrum decomposition: λ z + (1 − λ) γ √ρ, where ρ is what the latest picks leave of the vector.</summary>
internal sealed class SsdStrategy : SpanStrategy
{
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

    protected override float ValueOf(DiversityRun run, int index, float outside)
    {
        float lambda = (float)run.Lambda;
        return lambda * run.Relevance32[index] + (1 - lambda) * (float)run.Options.SsdGamma * MathF.Sqrt(outside);
    }
}
