namespace LlmRec;

/// <summary>An item of the user's history that drove a recommendation.</summary>
/// <param name="Item">The history item.</param>
/// <param name="Value">Its share of the score: what the score's history features owe to it.</param>
public readonly record struct HistoryReason(Item Item, float Value);
