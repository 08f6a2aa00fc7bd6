namespace LlmRec;

/// <summary>How far an evaluation is.</summary>
/// <param name="Model">The model at work.</param>
/// <param name="Done">Users done.</param>
/// <param name="Total">Users in all.</param>
public readonly record struct EvaluationProgress(string Model, int Done, int Total);
