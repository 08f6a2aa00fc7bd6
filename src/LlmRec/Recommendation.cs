namespace LlmRec;

/// <summary>One recommended item.</summary>
/// <param name="Rank">Its place in the list, from 1.</param>
/// <param name="Item">The item.</param>
/// <param name="Score">The ranker's score; comparable within one list only. Finite.</param>
/// <param name="Explanation">The score's parts, which sum to it, and the history items behind them.</param>
public sealed record Recommendation(int Rank, Item Item, float Score, Explanation Explanation);
