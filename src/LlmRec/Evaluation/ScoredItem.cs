namespace LlmRec;

/// <summary>An item of a list with its score.</summary>
/// <param name="Item">The item's id.</param>
/// <param name="Score">The score; comparable within one list only.</param>
public readonly record struct ScoredItem(string Item, float Score);
