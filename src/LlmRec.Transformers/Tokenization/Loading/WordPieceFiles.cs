using System.Text;
using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>Turns vocab.txt, a piece a line, and tokenizer_config.json into a tokenizer.json as BERT's converter does.</summary>
internal static class WordPieceFiles
{
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");

    public static byte[] ToTokenizerJson(byte[] vocabulary, string file, TokenizerConfig config)
    {
        var pieces = new Dictionary<string, int>(StringComparer.Ordinal);
        using (var reader = new StreamReader(new MemoryStream(vocabulary), new UTF8Encoding(false, throwOnInvalidBytes: true)))
        {
            try
            {
                for (int id = 0; reader.ReadLine() is { } line; id++) pieces[line] = id;
            }
            catch (DecoderFallbackException e)
            {
                throw new InvalidDataException($"{file}: line {pieces.Count + 1}: this is not UTF-8 text", e);
            }
        }
        string Token(string key, string otherwise)
        {
            string token = config.Token(key) ?? otherwise;
            return pieces.ContainsKey(token) ? token : throw new InvalidDataException($"{file}: the special token '{TokenizerJson.Short(token)}' ({key}) is not in the vocabulary");
        }
        string unknown = Token("unk_token", "[UNK]"), cls = Token("cls_token", "[CLS]"), sep = Token("sep_token", "[SEP]"), pad = Token("pad_token", "[PAD]");
        string? mask = config.Token("mask_token") ?? (pieces.ContainsKey("[MASK]") ? "[MASK]" : null);
        bool lowercase = config.Flag("do_lower_case") ?? true;

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteStartArray("added_tokens");
            foreach (string token in new[] { pad, unknown, cls, sep, mask }.OfType<string>().Where(pieces.ContainsKey).Distinct().OrderBy(t => pieces[t]))
                WriteAdded(json, token, pieces[token]);
            json.WriteEndArray();

            json.WriteStartObject("normalizer");
            json.WriteString(Type, "BertNormalizer");
            json.WriteBoolean("clean_text", true);
            json.WriteBoolean("handle_chinese_chars", config.Flag("tokenize_chinese_chars") ?? true);
            if (config.Flag("strip_accents") is { } strip) json.WriteBoolean("strip_accents", strip); else json.WriteNull("strip_accents");
            json.WriteBoolean("lowercase", lowercase);
            json.WriteEndObject();

            json.WriteStartObject("pre_tokenizer");
            json.WriteString(Type, "BertPreTokenizer");
            json.WriteEndObject();

            json.WriteStartObject("post_processor");
            json.WriteString(Type, "BertProcessing");
            WritePair(json, "sep", sep, pieces[sep]);
            WritePair(json, "cls", cls, pieces[cls]);
            json.WriteEndObject();

            json.WriteStartObject("decoder");
            json.WriteString(Type, "WordPiece");
            json.WriteString("prefix", "##");
            json.WriteBoolean("cleanup", true);
            json.WriteEndObject();

            json.WriteStartObject("model");
            json.WriteString(Type, "WordPiece");
            json.WriteString("unk_token", unknown);
            json.WriteString("continuing_subword_prefix", "##");
            json.WriteNumber("max_input_chars_per_word", 100);
            json.WriteStartObject("vocab");
            foreach ((string piece, int id) in pieces) json.WriteNumber(piece, id);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>A special token that is matched as it is spelt.</summary>
    public static void WriteAdded(Utf8JsonWriter json, string content, int id, bool trimLeft = false)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", trimLeft);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }

    private static void WritePair(Utf8JsonWriter json, string name, string token, int id)
    {
        json.WriteStartArray(name);
        json.WriteStringValue(token);
        json.WriteNumberValue(id);
        json.WriteEndArray();
    }
}
