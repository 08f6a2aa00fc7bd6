using System.Text;

namespace LlmRec;

/// <summary>How any file is read. Gzip is recognised by its first bytes.</summary>
public class ReadOptions
{
    /// <summary>What to do with a malformed row. Default: <see cref="OnError.Throw"/>.</summary>
    public OnError OnError { get; init; }

    /// <summary>Filled with what was read and what was rejected, also when the load fails. Default: none.</summary>
    public ReadReport? Report { get; init; }

    /// <summary>Told every 65,536 rows and at the end. Default: nobody.</summary>
    public IProgress<ReadProgress>? Progress { get; init; }

    /// <summary>
    /// The encoding, such as <see cref="Encoding.Latin1"/>. Default: UTF-8, or what a byte order mark says. Bytes that are not of the
    /// encoding are never replaced: under UTF-8 the row is malformed, under another encoding the load fails.
    /// </summary>
    public Encoding? Encoding { get; init; }
}
