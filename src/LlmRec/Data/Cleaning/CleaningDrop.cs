namespace LlmRec;

/// <summary>Rows that a step dropped for one reason.</summary>
/// <param name="Reason">The reason, such as <c>users with fewer than 5 events</c>.</param>
/// <param name="Rows">Number of rows.</param>
public readonly record struct CleaningDrop(string Reason, int Rows);
