namespace LlmRec;

/// <summary>Items and what users did with them, as read together.</summary>
/// <param name="Catalog">The items.</param>
/// <param name="Log">The events.</param>
public sealed record Dataset(Catalog Catalog, InteractionLog Log);
