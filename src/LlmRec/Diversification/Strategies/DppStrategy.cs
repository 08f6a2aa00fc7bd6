namespace LlmRec;

/// <summary>
/// Greedy determinantal point process: L = w wᵀ ∘ cosines, w = exp(λ · scale · standard score); each pick has the largest residual
/// w² ρ. ρ does not depend on w, so the factor is that of the cosines alone and no weight can spoil it.
/// </summary>
internal sealed unsafe class DppStrategy : SpanStrategy
{
    private readonly Scratch<float> _weights = new();
    private double _unit, _jitter;
    private float* _weight;

    protected override float Bias(DiversityRun run) => 0;

    protected override bool Normalize(DiversityRun run) => true;

    protected override float OutsideOfZero(DiversityRun run) => run.Options.ZeroVectorsAddNothing ? 0 : 1;

    public override void Begin(DiversityRun run)
    {
        // Weights are kept relative to the largest, so that they cannot overflow; values are scaled back when they are reported.
        double beta = run.Lambda * run.Options.Scale, top = double.NegativeInfinity;
        ReadOnlySpan<double> z = run.Relevance;
        foreach (double x in z)
            top = Math.Max(top, x);
        Span<float> weights = _weights.Take(run.N);
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)Math.Exp(2 * beta * (z[i] - top));
        _unit = Math.Exp(2 * beta * top);
        _jitter = DiversityRun.Epsilon;
        _weight = _weights.Pointer(run.N);
        base.Begin(run);
    }

    public override int Next(DiversityRun run, out double value)
    {
        int best;
        if (run.PickCount == 0 && run.ShownRows == 0 && run.Options.ZeroVectorsAddNothing)
            best = FirstPick.MostRelevant(run);
        else
        {
            best = base.Next(run, out double residual);
            if (best >= 0 && residual <= 0)
            {
                // Everything left lies in the span of the list: nothing adds variety, so relevance decides.
                best = FirstPick.MostRelevant(run);
            }
        }
        value = best < 0 ? 0 : Math.Min(float.MaxValue, Bounds(run)[best] * _unit + _jitter);
        return best;
    }

    protected override float ValueOf(DiversityRun run, int index, float outside) => outside <= Rest ? 0 : _weight[index] * outside;
}
