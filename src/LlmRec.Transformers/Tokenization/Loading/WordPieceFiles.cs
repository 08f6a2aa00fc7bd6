using System.Text;

namespace LlmRec.Transformers;

/// <summary>Turns vocab.txt, a piece a line, and tokenizer_config.json into a tokenizer.json as the converters of BERT and MPNet do.</summary>
internal static class WordPieceFiles
{
    public static byte[] ToTokenizerJson(byte[] vocabulary, string file, TokenizerConfig config)
    {
        Dictionary<string, int> pieces = ReadPieces(vocabulary, file);
        string Token(string key, string otherwise)
        {
            string token = config.Token(key) ?? otherwise;
            return pieces.ContainsKey(token) ? token : throw new InvalidDataException($"{file}: the special token '{TokenizerJson.Short(token)}' ({key}) is not in the vocabulary");
        }
        string unknown = Token("unk_token", "[UNK]"), cls = Token("cls_token", "[CLS]"), sep = Token("sep_token", "[SEP]"), pad = Token("pad_token", "[PAD]");
        string mask = config.Token("mask_token") ?? "[MASK]";
        // MPNet puts two separators between the texts of a pair, and its mask takes the space before it along.
        bool mpnet = config.Class.StartsWith("MPNet", StringComparison.Ordinal);

        return TokenizerJsonWriter.Write(json =>
        {
            TokenizerJsonWriter.AddedTokens(json, new[] { pad, unknown, cls, sep, mask }.Where(pieces.ContainsKey).Distinct()
                .Select(t => new AddedToken(pieces[t], t, IsSpecial: true, false, TrimLeft: mpnet && t == mask, false, Normalized: false)));

            TokenizerJsonWriter.Start(json, "normalizer", "BertNormalizer");
            json.WriteBoolean("clean_text", true);
            json.WriteBoolean("handle_chinese_chars", config.Flag("tokenize_chinese_chars") ?? true);
            if (config.Flag("strip_accents") is { } strip) json.WriteBoolean("strip_accents", strip); else json.WriteNull("strip_accents");
            json.WriteBoolean("lowercase", config.Flag("do_lower_case") ?? true);
            json.WriteEndObject();

            TokenizerJsonWriter.Component(json, "pre_tokenizer", "BertPreTokenizer");
            TokenizerJsonWriter.Template(json, "post_processor", $"{cls} $A {sep}", mpnet ? $"{cls} $A {sep} {sep} $B:1 {sep}:1" : $"{cls} $A {sep} $B:1 {sep}:1", t => pieces[t]);

            TokenizerJsonWriter.Start(json, "decoder", "WordPiece");
            json.WriteString("prefix", "##");
            json.WriteBoolean("cleanup", true);
            json.WriteEndObject();

            TokenizerJsonWriter.Start(json, "model", "WordPiece");
            json.WriteString("unk_token", unknown);
            json.WriteString("continuing_subword_prefix", "##");
            json.WriteNumber("max_input_chars_per_word", 100);
            json.WriteStartObject("vocab");
            foreach ((string piece, int id) in pieces) json.WriteNumber(piece, id);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static Dictionary<string, int> ReadPieces(byte[] vocabulary, string file)
    {
        var pieces = new Dictionary<string, int>(StringComparer.Ordinal);
        using var reader = new StreamReader(new MemoryStream(vocabulary), new UTF8Encoding(false, throwOnInvalidBytes: true));
        int line = 0;
        try
        {
            for (; reader.ReadLine() is { } piece; line++) pieces[piece] = line;
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{file}: line {line + 1}: this is not UTF-8 text", e);
        }
        return pieces;
    }
}
