using System.Net;

namespace LlmRec.Transformers;

/// <summary>How <see cref="HuggingFaceHub"/> downloads, and where it keeps what it got. What is not set comes from the environment, as with Hugging Face's own tools.</summary>
public sealed record HubDownloadOptions
{
    /// <summary>The cache folder; default <c>HF_HUB_CACHE</c>, else <c>HF_HOME/hub</c>, else <c>XDG_CACHE_HOME/huggingface/hub</c>, else <c>~/.cache/huggingface/hub</c>.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>The hub or a mirror of it; default <c>HF_ENDPOINT</c>, else <c>https://huggingface.co</c>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The token; default <c>HF_TOKEN</c>, else the file <c>HF_TOKEN_PATH</c> or <c>HF_HOME/token</c>; empty for none at all. Sent to the endpoint only, never to where it redirects.</summary>
    public string? Token { get; init; }

    /// <summary>Whether only the cache is looked at; default <c>HF_HUB_OFFLINE</c>.</summary>
    public bool? Offline { get; init; }

    /// <summary>
    /// Which files are wanted: <c>*</c> stands for any characters, <c>/</c> too, <c>?</c> for one, upper and lower case differ. Default: what an
    /// encoder needs, <c>*.json *.txt *.safetensors *.model</c>, and no pickles.
    /// </summary>
    public IReadOnlyList<string>? AllowPatterns { get; init; }

    /// <summary>Which of those are left out; default the variants for other runtimes, <c>onnx/* openvino/*</c>.</summary>
    public IReadOnlyList<string>? IgnorePatterns { get; init; }

    /// <summary>Most files at a time, at least 1, default 4.</summary>
    public int MaxParallelFiles { get; init; } = 4;

    /// <summary>How often a request is tried again after the hub was busy (429, 5xx) or the connection broke, at least 0, default 5. A download that moved on begins to count anew.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>How long a connection may stand still before it is given up and tried again, positive, default a minute.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The proxy; default that of the environment (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>) or of the system. Not with <see cref="Handler"/>.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>A handler of the caller's own, such as one with certificates; it must not follow redirects itself, and is not disposed of. Default: one for this download.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>Whether a snapshot's files are links into <c>blobs</c>, where the system allows it; otherwise they are copies. Default true.</summary>
    public bool Symlinks { get; init; } = true;

    /// <summary>The clock of the pauses between tries; default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Reads environment variables; tests give their own.</summary>
    internal Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxParallelFiles);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetries);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleTimeout, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        if (Endpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https")))
            throw new ArgumentException($"the endpoint '{endpoint}' is not an absolute http or https address", nameof(Endpoint));
        if (Handler is not null && Proxy is not null) throw new ArgumentException("give the proxy to the handler", nameof(Proxy));
        if (Handler is SocketsHttpHandler { AllowAutoRedirect: true } or HttpClientHandler { AllowAutoRedirect: true })
            throw new ArgumentException("the handler follows redirects itself, which hides the hub's hashes: set AllowAutoRedirect to false", nameof(Handler));
    }
}
