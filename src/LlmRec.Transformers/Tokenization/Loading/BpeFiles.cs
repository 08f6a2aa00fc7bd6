using System.Text;
using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>Turns vocab.json and merges.txt into a tokenizer.json: RoBERTa's, Qwen's or GPT-2's, as the configuration or the tokens say.</summary>
internal static class BpeFiles
{
    private static readonly string[] RobertaNames = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], Gpt2Names = ["<|endoftext|>"];

    public static byte[] ToTokenizerJson(byte[] vocabulary, byte[] merges, string file, TokenizerConfig config) => JsonFile.Parse(vocabulary, file, view =>
    {
        if (view.Value.ValueKind != JsonValueKind.Object) throw view.Error($"an object of tokens and ids is expected, found {view.Kind}");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty property in view.Value.EnumerateObject())
            ids[property.Name] = new JsonView(property.Value, $"$['{TokenizerJson.Short(property.Name)}']", file).AsCount();
        string kind = config.Class.Replace("Fast", "", StringComparison.Ordinal);
        bool roberta = kind is "RobertaTokenizer" or "BartTokenizer" or "LongformerTokenizer" || kind.Length == 0 && ids.ContainsKey("<s>") && ids.ContainsKey("</s>");
        bool qwen = kind is "Qwen2Tokenizer";
        List<AddedToken> added = AddedTokens(config, roberta ? RobertaNames : Gpt2Names, ids);
        int IdOf(string token) => ids.TryGetValue(token, out int id) ? id : added.Find(t => t.Content == token)?.Id
            ?? throw new InvalidDataException($"{file}: the special token '{TokenizerJson.Short(token)}' is not in the vocabulary");

        if (kind.StartsWith("CLIP", StringComparison.Ordinal)) throw new InvalidDataException($"{file}: a CLIP tokenizer can be read from tokenizer.json only");
        bool prefixSpace = config.Flag("add_prefix_space") ?? false;
        return TokenizerJsonWriter.Write(json =>
        {
            TokenizerJsonWriter.AddedTokens(json, added);
            if (qwen)
            {
                TokenizerJsonWriter.Component(json, "normalizer", "NFC");
                TokenizerJsonWriter.Start(json, "pre_tokenizer", "Sequence");
                json.WriteStartArray("pretokenizers");
                TokenizerJsonWriter.Split(json, null, "Regex", WordScanner.Qwen, "Isolated");
                TokenizerJsonWriter.Component(json, null, "ByteLevel", ("add_prefix_space", prefixSpace), ("trim_offsets", false), ("use_regex", false));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            else
            {
                TokenizerJsonWriter.Component(json, "pre_tokenizer", "ByteLevel", ("add_prefix_space", prefixSpace), ("trim_offsets", true), ("use_regex", true));
            }
            if (roberta)
                Roberta(json, config.Token("sep_token") ?? "</s>", config.Token("cls_token") ?? "<s>", prefixSpace, IdOf);
            else if (config.Flag("add_bos_token") == true && config.Token("bos_token") is { } bos)
                TokenizerJsonWriter.Template(json, "post_processor", $"{bos} $A", $"{bos} $A {bos}:1 $B:1", IdOf);
            else
                TokenizerJsonWriter.Component(json, "post_processor", "ByteLevel", ("add_prefix_space", prefixSpace), ("trim_offsets", false), ("use_regex", false));
            TokenizerJsonWriter.Component(json, "decoder", "ByteLevel", ("add_prefix_space", prefixSpace), ("trim_offsets", true), ("use_regex", true));
            Model(json, ids, merges, file);
        });
    });

    private static void Roberta(Utf8JsonWriter json, string sep, string cls, bool prefixSpace, Func<string, int> idOf)
    {
        TokenizerJsonWriter.Start(json, "post_processor", "RobertaProcessing");
        foreach ((string name, string token) in (ReadOnlySpan<(string, string)>)[("sep", sep), ("cls", cls)])
        {
            json.WriteStartArray(name);
            json.WriteStringValue(token);
            json.WriteNumberValue(idOf(token));
            json.WriteEndArray();
        }
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("add_prefix_space", prefixSpace);
        json.WriteEndObject();
    }

    private static void Model(Utf8JsonWriter json, Dictionary<string, int> ids, byte[] merges, string file)
    {
        TokenizerJsonWriter.Start(json, "model", "BPE");
        json.WriteStartObject("vocab");
        foreach ((string token, int id) in ids) json.WriteNumber(token, id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        using var reader = new StreamReader(new MemoryStream(merges), new UTF8Encoding(false));
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || number == 1 && line.StartsWith("#version", StringComparison.Ordinal)) continue;
            string[] parts = line.Split(' ');
            if (parts.Length != 2) throw new InvalidDataException($"merges.txt beside {file}: line {number}: two tokens are expected");
            json.WriteStartArray();
            json.WriteStringValue(parts[0]);
            json.WriteStringValue(parts[1]);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The added tokens that the configuration lists, and the special tokens that it names or that are usual.</summary>
    private static List<AddedToken> AddedTokens(TokenizerConfig config, string[] usual, Dictionary<string, int> ids)
    {
        var added = new List<AddedToken>(config.AddedTokens);
        var known = new HashSet<string>(added.Select(t => t.Content), StringComparer.Ordinal);
        foreach (string name in config.SpecialTokens.Concat(usual))
        {
            if (!known.Add(name) || !ids.TryGetValue(name, out int id)) continue;
            added.Add(new AddedToken(id, name, IsSpecial: true, false, TrimLeft: name == "<mask>", false, Normalized: false));
        }
        return added;
    }
}
