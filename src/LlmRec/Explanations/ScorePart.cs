namespace LlmRec;

/// <summary>One part of a score.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Value">What it adds to the score; may be negative.</param>
public readonly record struct ScorePart(string Name, float Value);
