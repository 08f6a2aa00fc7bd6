namespace LlmRec.Transformers;

/// <summary>What the hub says of a file before it is loaded.</summary>
/// <param name="Etag">SHA-256 of a large file, git's SHA-1 of a small one, or something else that names the content.</param>
/// <param name="Size">Bytes, or −1 where it is not said.</param>
/// <param name="Address">Where to load it from.</param>
internal sealed record HubFile(string Etag, long Size, Uri Address);
