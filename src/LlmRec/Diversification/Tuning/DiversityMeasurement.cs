namespace LlmRec;

/// <summary>What lists of one diversifier at one setting of the knob are like, on average over the cases.</summary>
/// <param name="Name">Name of the diversifier.</param>
/// <param name="Diversity">The knob.</param>
/// <param name="Ndcg">NDCG with binary gains.</param>
/// <param name="HitRate">Share of lists with at least one relevant item.</param>
/// <param name="IntraListDistance">Mean of 1 − cosine over all pairs of a list; 0 without vectors.</param>
/// <param name="LeastDistance">Mean over lists of their smallest such distance.</param>
/// <param name="CategoryEntropy">Entropy in nats of a list's categories, an item's weight shared among its own.</param>
/// <param name="AlphaNdcg">α-NDCG, α = ½, over all candidates: the share of the variety that could be had, early places counting most.</param>
/// <param name="ErrIa">Intent-aware expected reciprocal rank over all candidates' categories, relative to the greedy ideal.</param>
/// <param name="SubtopicRecall">Share of the candidates' categories that the list has.</param>
/// <param name="CalibrationKl">KL divergence of the user's mix from the list's (Steck's, α = 0.01); over the cases with a taste.</param>
/// <param name="Coverage">Number of different items over all lists.</param>
/// <param name="Gini">Gini index of how often the candidates' items are shown: 0 all alike, 1 always the same.</param>
public sealed record DiversityMeasurement(
    string Name, double Diversity, double Ndcg, double HitRate, double IntraListDistance, double LeastDistance, double CategoryEntropy,
    double AlphaNdcg, double ErrIa, double SubtopicRecall, double CalibrationKl, int Coverage, double Gini);
