namespace LlmRec;

/// <summary>A word near a query.</summary>
/// <param name="Word">The word as the file spells it.</param>
/// <param name="Cosine">−1 to 1; 0 for a word whose vector is zero.</param>
public readonly record struct WordNeighbour(string Word, float Cosine);
