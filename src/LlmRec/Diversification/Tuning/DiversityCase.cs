namespace LlmRec;

/// <summary>One list to judge a diversifier by: what the ranker gave for a user at a moment of the log, and what the user then took.</summary>
/// <param name="Candidates">The ranked candidates, with vectors and items as far as they are there. The user's mix of categories belongs into <see cref="RankedCandidates.Taste"/>.</param>
/// <param name="Relevant">Positions of the candidates the user took afterwards; may be empty (then the case counts 0 in NDCG, since the ranker missed).</param>
public sealed record DiversityCase(RankedCandidates Candidates, IReadOnlyList<int> Relevant);
