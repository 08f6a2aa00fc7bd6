namespace LlmRec;

/// <summary>What a <see cref="QualityGate"/> found about an item.</summary>
/// <param name="Item">The item.</param>
/// <param name="Score">0..1, the weighted mean of the parts; higher is better.</param>
/// <param name="Completeness">0..1: title, text, categories and expected attributes that are there.</param>
/// <param name="Spam">0..1: signs of spam; 0 for none.</param>
/// <param name="Freshness">0..1: 1 for new, one half after the half-life; one half when the item has no time.</param>
/// <param name="Feedback">0..1: share of events in favour, drawn towards one half while there are few.</param>
/// <param name="Language">Two-letter code of the language, or <see langword="null"/> when it cannot be told.</param>
/// <param name="Reasons">Why the item was rejected, one sentence each; empty when it passed.</param>
public sealed record ItemQuality(Item Item, double Score, double Completeness, double Spam, double Freshness, double Feedback, string? Language, IReadOnlyList<string> Reasons)
{
    /// <summary>True when the item passed.</summary>
    public bool Accepted => Reasons.Count == 0;
}
