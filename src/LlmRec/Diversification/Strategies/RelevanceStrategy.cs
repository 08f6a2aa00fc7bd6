namespace LlmRec;

/// <summary>The ranker's order: score descending, equal scores by position.</summary>
internal sealed class RelevanceStrategy : GreedyStrategy
{
    private readonly Scratch<float> _left = new();

    public override void Begin(DiversityRun run) => run.Scores.Span.CopyTo(_left.Take(run.N));

    public override int Next(DiversityRun run, out double value)
    {
        Span<float> left = _left.Take(run.N);
        ReadOnlySpan<byte> state = run.State;
        int best = RowDots.ArgMax(left);
        if (best >= 0 && state[best] != 0)
        {
            // A rule bars the best one at this step only, so it stays in the running.
            best = -1;
            for (int i = 0; i < left.Length; i++)
                if (state[i] == 0 && (best < 0 || left[i] > left[best]))
                    best = i;
        }
        value = best < 0 ? 0 : left[best];
        return best;
    }

    public override void Add(DiversityRun run, int index) => _left.Take(run.N)[index] = float.NegativeInfinity;
}
