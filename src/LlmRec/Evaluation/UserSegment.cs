namespace LlmRec;

/// <summary>A metric for some of the users only.</summary>
/// <param name="Kind">What the users were parted by, such as "history length" or "user group".</param>
/// <param name="Name">Which of them these are.</param>
/// <param name="Users">How many they are.</param>
/// <param name="Values">The mean of each model, in the order of the report's models; <see langword="null"/> where undefined.</param>
public sealed record UserSegment(string Kind, string Name, int Users, IReadOnlyList<double?> Values);
