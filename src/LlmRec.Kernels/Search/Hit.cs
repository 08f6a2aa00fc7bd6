namespace LlmRec.Kernels;

/// <summary>One result of a search.</summary>
/// <param name="Index">The row, or the key where an index has keys.</param>
/// <param name="Score">The similarity; greater is nearer.</param>
public readonly record struct Hit(int Index, float Score);
