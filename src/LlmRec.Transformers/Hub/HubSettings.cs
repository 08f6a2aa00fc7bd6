namespace LlmRec.Transformers;

/// <summary>Options and environment taken together.</summary>
internal sealed record HubSettings
{
    private static readonly string[] DefaultAllow = ["*.json", "*.txt", "*.safetensors", "*.model"];
    private static readonly string[] DefaultIgnore = ["onnx/*", "openvino/*"];

    public required string Cache { get; init; }

    public required Uri Endpoint { get; init; }

    public required string? Token { get; init; }

    public required bool Offline { get; init; }

    public required IReadOnlyList<string> Allow { get; init; }

    public required IReadOnlyList<string> Ignore { get; init; }

    public required bool DefaultPatterns { get; init; }

    public required HubDownloadOptions Options { get; init; }

    public static HubSettings Of(HubDownloadOptions options)
    {
        options.Check();
        string? Value(string name) => options.Environment(name) is { Length: > 0 } value ? value : null;
        string home = Expand(Value("HF_HOME")) ?? Path.Combine(Expand(Value("XDG_CACHE_HOME")) ?? Path.Combine(UserHome(), ".cache"), "huggingface");
        string endpoint = Value("HF_ENDPOINT") ?? "https://huggingface.co";
        if (options.Endpoint is null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https"))
            throw new ArgumentException($"HF_ENDPOINT is '{endpoint}', which is not an absolute http or https address", nameof(options));
        Uri address = options.Endpoint ?? new Uri(endpoint);
        return new HubSettings
        {
            Cache = Path.GetFullPath(options.CacheFolder ?? Expand(Value("HF_HUB_CACHE")) ?? Expand(Value("HUGGINGFACE_HUB_CACHE")) ?? Path.Combine(home, "hub")),
            Endpoint = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"),
            Token = options.Token is null ? Clean(Value("HF_TOKEN") ?? Value("HUGGING_FACE_HUB_TOKEN")) ?? TokenOf(Expand(Value("HF_TOKEN_PATH")) ?? Path.Combine(home, "token")) : Clean(options.Token),
            Offline = options.Offline ?? Value("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE",
            Allow = options.AllowPatterns ?? DefaultAllow,
            Ignore = options.IgnorePatterns ?? DefaultIgnore,
            DefaultPatterns = options.AllowPatterns is null,
            Options = options,
        };

        string? Expand(string? path) => path is not null && (path == "~" || path.StartsWith("~/", StringComparison.Ordinal)) ? UserHome() + path[1..] : path;

        string UserHome() => Value("HOME") ?? System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
    }

    private static string? TokenOf(string path) => File.Exists(path) ? Clean(File.ReadAllText(path)) : null;

    private static string? Clean(string? token)
    {
        token = token?.Trim();
        return string.IsNullOrEmpty(token) ? null : token;
    }
}
