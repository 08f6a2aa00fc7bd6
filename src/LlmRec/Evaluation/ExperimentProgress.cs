namespace LlmRec;

/// <summary>A step of an experiment that is done.</summary>
/// <param name="Split">The split.</param>
/// <param name="Model">The recipe.</param>
/// <param name="Done">Steps done, those taken from the journal included.</param>
/// <param name="Total">Most steps in all: trials and last fits.</param>
/// <param name="Trial">The trial just done, or <see langword="null"/> for a last fit.</param>
public sealed record ExperimentProgress(string Split, string Model, int Done, int Total, ExperimentTrial? Trial);
