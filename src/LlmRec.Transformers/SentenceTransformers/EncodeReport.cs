namespace LlmRec.Transformers;

/// <summary>What a call encoded.</summary>
/// <param name="Texts">Number of texts.</param>
/// <param name="Tokens">Their tokens, special ones included, after cutting.</param>
/// <param name="TruncatedTexts">How many texts were too long and lost their end.</param>
public readonly record struct EncodeReport(int Texts, long Tokens, int TruncatedTexts);
