namespace LlmRec;

/// <summary>Chooses a varied list from scored candidates.</summary>
/// <remarks>Implementations are thread-safe and do not allocate per call beyond pooled memory.</remarks>
public interface IDiversifier
{
    /// <summary>Picks items one after the other.</summary>
    /// <param name="candidates">n scored candidates.</param>
    /// <param name="diversity">0 = the ranker's order exactly (score descending, equal scores by position), 1 = variety only; between them a continuous trade.</param>
    /// <param name="picks">Receives the picks, best first; its length is the number wanted.</param>
    /// <param name="notes">Receives what could not be done, such as rules that no list can meet; cleared first. <see langword="null"/>: nobody asks.</param>
    /// <returns>The number of picks: the smaller of n and the length of <paramref name="picks"/>, or fewer when a rule forbids more.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="diversity"/> is outside [0, 1] or NaN.</exception>
    /// <exception cref="ArgumentException">A score or a vector is not finite, or sizes do not fit together; the message names the candidate.</exception>
    int Diversify(RankedCandidates candidates, double diversity, Span<Pick> picks, DiversityNotes? notes = null);
}
