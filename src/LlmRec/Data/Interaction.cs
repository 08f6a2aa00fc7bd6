namespace LlmRec;

/// <summary>One event: a user did something with an item.</summary>
/// <param name="User">The user's id, not empty.</param>
/// <param name="Item">The item's id, not empty; it need not be in the catalog yet.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Value">A rating, a price, seconds watched; finite, or <see langword="null"/> when there is none.</param>
/// <param name="Time">When; <see langword="null"/> when unknown (the order of arrival then stands for it). Kept to the millisecond.</param>
/// <param name="Text">Words that came with the event, such as a review or a query.</param>
public sealed record Interaction(
    string User,
    string Item,
    InteractionKind Kind = InteractionKind.View,
    float? Value = null,
    DateTimeOffset? Time = null,
    string? Text = null);
