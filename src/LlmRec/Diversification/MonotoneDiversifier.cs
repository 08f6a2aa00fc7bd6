using System.Buffers;

namespace LlmRec;

/// <summary>Takes, of the lists at all steps of the knob up to the one asked for, the one of least relevance.</summary>
internal sealed class MonotoneDiversifier(IDiversifier inner, int steps) : IDiversifier
{
    public int Diversify(RankedCandidates candidates, double diversity, Span<Pick> picks, DiversityNotes? notes = null)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        // The last step first: of lists equally relevant the most varied one is kept.
        int last = diversity is >= 0 and <= 1 ? (int)Math.Floor(diversity * steps + 1e-9) : 0;
        int count = inner.Diversify(candidates, diversity is >= 0 and <= 1 ? (double)last / steps : diversity, picks, notes);
        if (last == 0 || count == 0)
            return count;
        double least = Sum(candidates, picks[..count]);
        int chosen = last;
        Pick[] other = ArrayPool<Pick>.Shared.Rent(picks.Length);
        try
        {
            for (int step = last - 1; step >= 0; step--)
            {
                int made = inner.Diversify(candidates, (double)step / steps, other.AsSpan(0, picks.Length));
                double sum = Sum(candidates, other.AsSpan(0, made));
                if (sum < least)
                    (least, chosen) = (sum, step);
            }
        }
        finally
        {
            ArrayPool<Pick>.Shared.Return(other, clearArray: true);
        }
        return chosen == last ? count : inner.Diversify(candidates, (double)chosen / steps, picks, notes);
    }

    private static double Sum(RankedCandidates candidates, ReadOnlySpan<Pick> picks)
    {
        ReadOnlySpan<float> scores = candidates.Scores.Span;
        double sum = 0;
        foreach (Pick p in picks)
            sum += scores[p.Index];
        return sum;
    }
}
