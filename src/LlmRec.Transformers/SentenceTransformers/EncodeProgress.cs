namespace LlmRec.Transformers;

/// <summary>How far a call has come.</summary>
/// <param name="Done">Texts encoded.</param>
/// <param name="Total">Texts of the call.</param>
public readonly record struct EncodeProgress(int Done, int Total);
