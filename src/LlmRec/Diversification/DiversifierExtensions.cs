namespace LlmRec;

/// <summary>Conveniences over <see cref="IDiversifier"/>.</summary>
public static class DiversifierExtensions
{
    /// <summary>Picks up to <paramref name="count"/> items and returns them.</summary>
    /// <param name="diversifier">The diversifier.</param>
    /// <param name="candidates">n scored candidates.</param>
    /// <param name="diversity">0 = the ranker's order exactly, 1 = variety only.</param>
    /// <param name="count">Picks wanted, at least 0.</param>
    /// <param name="notes">Receives what could not be done.</param>
    public static Pick[] Diversify(this IDiversifier diversifier, RankedCandidates candidates, double diversity, int count, DiversityNotes? notes = null)
    {
        ArgumentNullException.ThrowIfNull(diversifier);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var picks = new Pick[Math.Min(count, candidates.Count)];
        int made = diversifier.Diversify(candidates, diversity, picks, notes);
        return made == picks.Length ? picks : picks[..made];
    }

    /// <summary>
    /// The same diversifier with a promise: the sum of the picks' scores never rises as the knob rises. A greedy method alone cannot promise
    /// that, since another first half of a list can leave a better second half.
    /// </summary>
    /// <param name="diversifier">The diversifier. Its list at 0 must be the most relevant one, which holds for all built-in strategies.</param>
    /// <param name="steps">The knob snaps down to this many steps, and the list of least relevance among those up to it is taken; a call costs up to this many lists. At least 1.</param>
    /// <remarks>
    /// The promise is the sum over lists of equal length. Rules that shorten lists differently at different diversities are compared by the sum all the same.
    /// </remarks>
    public static IDiversifier Monotone(this IDiversifier diversifier, int steps = 20)
    {
        ArgumentNullException.ThrowIfNull(diversifier);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new MonotoneDiversifier(diversifier, steps);
    }
}
