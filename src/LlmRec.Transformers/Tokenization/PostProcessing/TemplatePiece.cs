namespace LlmRec.Transformers;

/// <summary>A place in a template: one of the texts, or special tokens.</summary>
/// <param name="Sequence">0 the first text, 1 the second, -1 special tokens.</param>
/// <param name="TypeId">Segment.</param>
/// <param name="Ids">The special tokens' ids; empty for a text.</param>
internal readonly record struct TemplatePiece(int Sequence, int TypeId, int[] Ids);
