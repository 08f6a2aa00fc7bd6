namespace LlmRec;

/// <summary>A piece of an item's text, and how many times it counts.</summary>
internal readonly record struct TextPart(string Text, float Weight);
