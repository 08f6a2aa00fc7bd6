namespace LlmRec;

/// <summary>How far a load has come.</summary>
/// <param name="File">The file being read.</param>
/// <param name="Rows">Rows seen of this file so far, rejected ones included.</param>
/// <param name="BytesRead">Bytes taken from the file so far (compressed ones when it is compressed), or <see langword="null"/> when the source cannot tell.</param>
/// <param name="TotalBytes">The file's length, or <see langword="null"/> when the source cannot tell.</param>
public readonly record struct ReadProgress(string File, long Rows, long? BytesRead, long? TotalBytes);
