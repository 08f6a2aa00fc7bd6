namespace LlmRec.Transformers;

/// <summary>Within the downloader: this may be tried again.</summary>
internal sealed class HubBusyException(string message, TimeSpan? after, Exception? inner) : Exception(message, inner)
{
    /// <summary>How long the hub asks to wait, or null.</summary>
    public TimeSpan? After { get; } = after;
}
