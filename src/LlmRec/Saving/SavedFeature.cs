namespace LlmRec;

/// <summary>A feature of a saved head.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Recipe">How to make it, or null for one that is code of the host's.</param>
internal sealed record SavedFeature(string Name, string? Recipe);
