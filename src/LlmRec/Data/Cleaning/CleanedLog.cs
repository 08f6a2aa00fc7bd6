namespace LlmRec;

/// <summary>A cleaned log, and what was dropped on the way.</summary>
/// <param name="Log">A log of its own; users and items without events are gone from it.</param>
/// <param name="Report">What each step dropped and why.</param>
public sealed record CleanedLog(InteractionLog Log, CleaningReport Report);
