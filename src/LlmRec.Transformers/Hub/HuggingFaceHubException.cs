namespace LlmRec.Transformers;

/// <summary>Something could not be had from a hub; the message says what, why and what to do.</summary>
public sealed class HuggingFaceHubException : IOException
{
    internal HuggingFaceHubException(HubFailure failure, string message, Exception? inner = null) : base(message, inner) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public HubFailure Failure { get; }
}
