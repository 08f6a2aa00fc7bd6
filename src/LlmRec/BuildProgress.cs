namespace LlmRec;

/// <summary>How far a long piece of work has come.</summary>
/// <param name="Stage">What is being done, such as <c>encoding items</c>.</param>
/// <param name="Fraction">Share of this stage that is done, 0 to 1.</param>
public readonly record struct BuildProgress(string Stage, double Fraction);
