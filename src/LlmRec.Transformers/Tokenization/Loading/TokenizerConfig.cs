using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>What tokenizer_config.json and special_tokens_map.json beside a tokenizer say; nothing when they are absent.</summary>
internal sealed class TokenizerConfig
{
    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _flags = new(StringComparer.Ordinal);

    /// <summary>model_max_length, unless it is the placeholder for "none".</summary>
    public int? ModelMaxLength { get; private set; }

    /// <summary>tokenizer_class, or empty.</summary>
    public string Class { get; private set; } = "";

    /// <summary>added_tokens_decoder: tokens beyond the vocabulary, with their flags.</summary>
    public List<AddedToken> AddedTokens { get; } = [];

    /// <summary>The texts of all special tokens that are named.</summary>
    public IEnumerable<string> SpecialTokens => _tokens.Values;

    /// <summary>What is known of a tokenizer, for one made from it.</summary>
    public static TokenizerConfig Of(SpecialTokens special, Vocabulary vocabulary, int? modelMaxLength)
    {
        var config = new TokenizerConfig { ModelMaxLength = modelMaxLength };
        foreach ((string name, int? id) in (ReadOnlySpan<(string, int?)>)[("cls_token", special.Cls), ("sep_token", special.Sep), ("pad_token", special.Pad), ("unk_token", special.Unk), ("mask_token", special.Mask), ("bos_token", special.Bos), ("eos_token", special.Eos)])
            if (id is { } known && vocabulary[known] is { } token) config._tokens[name] = token;
        return config;
    }

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

    /// <summary>A whole number of at most 10,000, such as <c>extra_ids</c>.</summary>
    public int? Number(string name) => _numbers.TryGetValue(name, out int value) ? value : null;

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
            else if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number is >= 0 and <= 10_000)
                _numbers[property.Name] = number;
            else if (property.Name == "added_tokens_decoder" && value.ValueKind == JsonValueKind.Object)
                AddTokens(new JsonView(value, view.Path + ".added_tokens_decoder", view.File));
            else if (property.Name == "tokenizer_class" && value.ValueKind == JsonValueKind.String)
                Class = value.GetString()!;
        }
    }

    private void AddTokens(JsonView view)
    {
        foreach (JsonProperty property in view.Value.EnumerateObject())
        {
            var item = new JsonView(property.Value, $"{view.Path}['{TokenizerJson.Short(property.Name)}']", view.File);
            if (!int.TryParse(property.Name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int id)) throw item.Error("the name of a token here is its id");
            AddedTokens.Add(new AddedToken(id, item.Text("content"), item.Flag("special", false), item.Flag("single_word", false),
                item.Flag("lstrip", false), item.Flag("rstrip", false), item.Flag("normalized", true)));
        }
    }
}
