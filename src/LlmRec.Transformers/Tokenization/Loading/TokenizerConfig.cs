using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>What tokenizer_config.json and special_tokens_map.json beside a tokenizer say; nothing when they are absent.</summary>
internal sealed class TokenizerConfig
{
    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _flags = new(StringComparer.Ordinal);

    /// <summary>model_max_length, unless it is the placeholder for "none".</summary>
    public int? ModelMaxLength { get; private set; }

    /// <summary>tokenizer_class, or empty.</summary>
    public string Class { get; private set; } = "";

    public static TokenizerConfig Read(string folder)
    {
        var config = new TokenizerConfig();
        foreach (string name in (ReadOnlySpan<string>)["special_tokens_map.json", "tokenizer_config.json"])
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path)) continue;
            JsonFile.Read(path, view => config.Add(view));
        }
        return config;
    }

    /// <summary>The text of <c>cls_token</c> and the like.</summary>
    public string? Token(string name) => _tokens.GetValueOrDefault(name);

    public bool? Flag(string name) => _flags.TryGetValue(name, out bool value) ? value : null;

    private void Add(JsonView view)
    {
        if (view.Value.ValueKind != JsonValueKind.Object) throw view.Error($"an object is expected, found {view.Kind}");
        foreach (JsonProperty property in view.Value.EnumerateObject())
        {
            JsonElement value = property.Value;
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
                _flags[property.Name] = value.GetBoolean();
            else if (property.Name.EndsWith("_token", StringComparison.Ordinal) && value.ValueKind == JsonValueKind.String)
                _tokens[property.Name] = value.GetString()!;
            else if (property.Name.EndsWith("_token", StringComparison.Ordinal) && value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out JsonElement content) && content.ValueKind == JsonValueKind.String)
                _tokens[property.Name] = content.GetString()!;
            else if (property.Name == "model_max_length" && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double length) && length is >= 1 and <= 100_000_000)
                ModelMaxLength = (int)length;
            else if (property.Name == "tokenizer_class" && value.ValueKind == JsonValueKind.String)
                Class = value.GetString()!;
        }
    }
}
