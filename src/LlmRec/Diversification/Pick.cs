namespace LlmRec;

/// <summary>One choice of a diversifier.</summary>
/// <param name="Index">Position of the candidate in the input.</param>
/// <param name="Value">The strategy's own value of this choice at its step, in the strategy's units.</param>
public readonly record struct Pick(int Index, float Value);
