namespace LlmRec.Transformers;

/// <summary>How far a download is.</summary>
/// <param name="File">The file that just moved on.</param>
/// <param name="FilesDone">Files that are whole.</param>
/// <param name="Files">Files wanted.</param>
/// <param name="BytesDone">Bytes of the wanted files that are here, those of earlier runs included.</param>
/// <param name="Bytes">Bytes of the wanted files whose size is known yet.</param>
public readonly record struct HubProgress(string File, int FilesDone, int Files, long BytesDone, long Bytes);
