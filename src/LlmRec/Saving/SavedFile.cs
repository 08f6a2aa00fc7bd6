namespace LlmRec;

/// <summary>A file of a saved model.</summary>
/// <param name="Part">What it holds, such as <c>catalog</c>.</param>
/// <param name="Name">Its name within the folder.</param>
/// <param name="Sha256">Its hash in lower-case hexadecimal.</param>
internal sealed record SavedFile(string Part, string Name, string Sha256);
