using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>
/// What a sentence-transformers folder says, versions 2 to 6: its modules, how long texts may be, its prompts. A plain Hugging Face folder
/// without <c>modules.json</c> is read as sentence-transformers reads it, with the mean of all tokens.
/// </summary>
internal sealed class SentenceFolder
{
    /// <summary>Where the transformer and the tokenizer lie.</summary>
    public required string Transformer { get; init; }

    /// <summary>Folder of the pooling's configuration, or null for the mean.</summary>
    public string? Pooling { get; init; }

    /// <summary>Folders of the dense modules, in order.</summary>
    public required IReadOnlyList<string> Dense { get; init; }

    /// <summary>Whether vectors are divided by their length at the end.</summary>
    public bool Normalizes { get; init; }

    /// <summary>Most tokens of a text, special ones included, or null where the folder does not say.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether texts are put in lower case before the tokenizer sees them.</summary>
    public bool Lowercases { get; init; }

    /// <summary>Prompts by name.</summary>
    public required IReadOnlyDictionary<string, string> Prompts { get; init; }

    /// <summary>The prompt that is used when none is named, or null.</summary>
    public string? DefaultPrompt { get; init; }

    private static readonly string[] LengthFiles =
        ["sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json"];

    /// <exception cref="InvalidDataException">A file is damaged, or a module is of a kind that is not supported; the message names it.</exception>
    public static SentenceFolder Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no folder '{folder}'");
        string transformer = folder, modules = Path.Combine(folder, "modules.json");
        string? pooling = null;
        List<string> dense = [];
        bool normalizes = false;
        if (File.Exists(modules)) (transformer, pooling, dense, normalizes) = Modules(folder, modules);

        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        string? chosen = null, settings = Path.Combine(folder, "config_sentence_transformers.json");
        if (File.Exists(settings))
        {
            ConfigObject c = ConfigObject.Load(settings);
            chosen = c.String("default_prompt_name");
            if (c.Object("prompts") is { } p)
                foreach (JsonProperty prompt in p.Json.EnumerateObject()) prompts[prompt.Name] = p.String(prompt.Name) ?? "";
            if (chosen is not null && !prompts.ContainsKey(chosen)) throw new InvalidDataException($"{settings}: the default prompt '{chosen}' is not among the prompts");
        }

        string? lengths = LengthFiles.Select(f => Path.Combine(transformer, f)).FirstOrDefault(File.Exists);
        ConfigObject? sizes = lengths is null ? null : ConfigObject.Load(lengths);
        return new()
        {
            Transformer = transformer, Pooling = pooling, Dense = dense, Normalizes = normalizes, Prompts = prompts, DefaultPrompt = chosen,
            MaxTokens = sizes is { } s && s.Find("max_seq_length") is not null ? s.Int("max_seq_length") : TokenizerLength(transformer),
            Lowercases = sizes?.Bool("do_lower_case", false) ?? false,
        };
    }

    private static (string Transformer, string? Pooling, List<string> Dense, bool Normalizes) Modules(string folder, string path)
    {
        JsonElement list = ConfigObject.ParseAny(File.ReadAllBytes(path), path);
        JsonElement[] modules = list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
        string? transformer = null, pooling = null;
        List<string> dense = [];
        bool normalizes = false;
        foreach (JsonElement json in modules)
        {
            if (json.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path}: a module is no object");
            var module = new ConfigObject(json, path);
            string type = module.String("type") ?? throw module.Missing("type"), kind = type[(type.LastIndexOf('.') + 1)..];
            string at = module.String("path") ?? "";
            if (Path.IsPathRooted(at) || at.Split('/', '\\').Contains("..")) throw new InvalidDataException($"{path}: the module path '{at}' leads out of the folder");
            at = at.Length == 0 ? folder : Path.Combine(folder, at);
            bool inPlace = kind is "Transformer" ? transformer is null : transformer is not null && !normalizes;
            if (!inPlace) throw new InvalidDataException($"{path}: a module '{type}' at this place is not supported; supported is Transformer, then Pooling, then any number of Dense, then Normalize");
            switch (kind)
            {
                case "Transformer": transformer = at; break;
                case "Pooling" when pooling is null && dense.Count == 0: pooling = at; break;
                case "Dense" when pooling is not null: dense.Add(at); break;
                case "Normalize": normalizes = true; break;
                case "Dropout": break;
                default: throw new InvalidDataException($"{path}: the module '{type}' is not supported (or not at this place); supported are Transformer, Pooling, Dense, Dropout and Normalize");
            }
        }

        return (transformer ?? throw new InvalidDataException($"{path} names no Transformer module"), pooling, dense, normalizes);
    }

    private static int? TokenizerLength(string transformer)
    {
        string path = Path.Combine(transformer, "tokenizer_config.json");
        if (!File.Exists(path)) return null;
        // where nobody knows, transformers writes 10^30
        ConfigObject c = ConfigObject.Load(path);
        return c.Find("model_max_length") is null || c.Double("model_max_length") > 1e9 ? null : c.Int("model_max_length");
    }
}
