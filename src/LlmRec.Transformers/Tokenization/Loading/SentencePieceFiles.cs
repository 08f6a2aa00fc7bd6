using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>
/// Turns a SentencePiece model into a tokenizer.json, as the converters of <c>transformers</c> do: T5, XLM-RoBERTa and ALBERT
/// for Unigram, Llama and Gemma for BPE, chosen by the configuration's class or, without one, by the first pieces.
/// </summary>
internal static class SentencePieceFiles
{
    public static byte[] ToTokenizerJson(byte[] bytes, string file, TokenizerConfig config)
    {
        SentencePieceModel model = SentencePieceModel.Read(bytes, file);
        string kind = config.Class.Replace("Fast", "", StringComparison.Ordinal);
        if (model.IsBpe) return Bpe(model, gemma: kind.StartsWith("Gemma", StringComparison.Ordinal), config);
        string Start(int i) => i < model.Pieces.Count ? model.Pieces[i].Text : "";
        return kind switch
        {
            "T5Tokenizer" => T5(model, config),
            "AlbertTokenizer" => Albert(model, config),
            "XLMRobertaTokenizer" => XlmRoberta(model),
            "" when Start(0) == "<pad>" && Start(1) == "</s>" => T5(model, config),
            "" when Start(0) == "<unk>" && Start(1) == "<s>" && Start(2) == "</s>" => XlmRoberta(model),
            "" when Start(2) == "[CLS]" && Start(3) == "[SEP]" => Albert(model, config),
            _ => throw new InvalidDataException($"{file}: no conversion of SentencePiece models for '{TokenizerJson.Short(kind)}' is known; convert it to tokenizer.json"),
        };
    }

    /// <summary>A hundred sentinels after the pieces; white space is cut away before the marks are put.</summary>
    private static byte[] T5(SentencePieceModel model, TokenizerConfig config)
    {
        List<(string Text, double Score)> vocabulary = [.. model.Pieces.Select(p => (p.Text, (double)p.Score))];
        int sentinels = vocabulary.Exists(v => v.Text == "<extra_id_0>") ? 0 : config.Number("extra_ids") ?? 100;
        for (int i = sentinels - 1; i >= 0; i--) vocabulary.Add(($"<extra_id_{i}>", 0));
        Func<string, int> idOf = Index(vocabulary.Select(v => v.Text));
        IEnumerable<string> special = model.Pieces.Where(p => p.Kind is SentencePieceModel.Control or SentencePieceModel.Unknown).Select(p => p.Text)
            .Concat(vocabulary.Where(v => v.Text.StartsWith("<extra_id_", StringComparison.Ordinal)).Select(v => v.Text));
        return TokenizerJsonWriter.Write(json =>
        {
            Special(json, special, idOf);
            Normalizer(json, model, []);
            TokenizerJsonWriter.Start(json, "pre_tokenizer", "Sequence");
            json.WriteStartArray("pretokenizers");
            TokenizerJsonWriter.Component(json, null, "WhitespaceSplit");
            TokenizerJsonWriter.Metaspace(json, null);
            json.WriteEndArray();
            json.WriteEndObject();
            TokenizerJsonWriter.Template(json, "post_processor", "$A </s>", "$A </s> $B </s>", idOf);
            TokenizerJsonWriter.Metaspace(json, "decoder");
            Unigram(json, vocabulary, UnknownId(model), model.ByteFallback);
        });
    }

    /// <summary>fairseq's order of the first four tokens, everything else one further on, the mask at the end.</summary>
    private static byte[] XlmRoberta(SentencePieceModel model)
    {
        List<(string Text, double Score)> vocabulary = [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), .. model.Pieces.Skip(3).Select(p => (p.Text, (double)p.Score)), ("<mask>", 0)];
        Func<string, int> idOf = Index(vocabulary.Select(v => v.Text));
        return TokenizerJsonWriter.Write(json =>
        {
            Special(json, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], idOf);
            Normalizer(json, model, [("Regex", " {2,}", " ")]);
            TokenizerJsonWriter.Metaspace(json, "pre_tokenizer");
            TokenizerJsonWriter.Template(json, "post_processor", "<s> $A </s>", "<s> $A </s> </s> $B </s>", idOf);
            TokenizerJsonWriter.Metaspace(json, "decoder");
            Unigram(json, vocabulary, 3, model.ByteFallback);
        });
    }

    private static byte[] Albert(SentencePieceModel model, TokenizerConfig config)
    {
        List<(string Text, double Score)> vocabulary = [.. model.Pieces.Select(p => (p.Text, (double)p.Score))];
        Func<string, int> idOf = Index(vocabulary.Select(v => v.Text));
        return TokenizerJsonWriter.Write(json =>
        {
            Special(json, model.Pieces.Where(p => p.Kind is SentencePieceModel.Control or SentencePieceModel.Unknown or SentencePieceModel.UserDefined).Select(p => p.Text)
                .Append("[MASK]").Distinct(), idOf);
            TokenizerJsonWriter.Start(json, "normalizer", "Sequence");
            json.WriteStartArray("normalizers");
            TokenizerJsonWriter.Replace(json, null, "String", "``", "\"");
            TokenizerJsonWriter.Replace(json, null, "String", "''", "\"");
            if (config.Flag("keep_accents") != true)
            {
                TokenizerJsonWriter.Component(json, null, "NFKD");
                TokenizerJsonWriter.Component(json, null, "StripAccents");
            }
            if (config.Flag("do_lower_case") ?? true) TokenizerJsonWriter.Component(json, null, "Lowercase");
            Precompiled(json, model);
            TokenizerJsonWriter.Replace(json, null, "Regex", " {2,}", " ");
            json.WriteEndArray();
            json.WriteEndObject();
            TokenizerJsonWriter.Metaspace(json, "pre_tokenizer");
            TokenizerJsonWriter.Template(json, "post_processor", "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", idOf);
            TokenizerJsonWriter.Metaspace(json, "decoder");
            Unigram(json, vocabulary, UnknownId(model), model.ByteFallback);
        });
    }

    /// <summary>Llama's form, or Gemma's without a space before the text.</summary>
    private static byte[] Bpe(SentencePieceModel model, bool gemma, TokenizerConfig config)
    {
        List<string> tokens = [.. model.Pieces.Select(p => p.Text)];
        Func<string, int> idOf = Index(tokens);
        int unknown = UnknownId(model);
        string bos = config.Token("bos_token") ?? (gemma ? "<bos>" : "<s>");
        bool addBos = (config.Flag("add_bos_token") ?? true) && tokens.Contains(bos), prefix = !gemma && model.AddsPrefix;
        return TokenizerJsonWriter.Write(json =>
        {
            Special(json, model.Pieces.Where(p => p.Kind is SentencePieceModel.Control or SentencePieceModel.Unknown).Select(p => p.Text), idOf,
                model.Pieces.Where(p => p.Kind == SentencePieceModel.UserDefined).Select(p => p.Text));
            TokenizerJsonWriter.Start(json, "normalizer", "Sequence");
            json.WriteStartArray("normalizers");
            if (prefix)
            {
                TokenizerJsonWriter.Start(json, null, "Prepend");
                json.WriteString("prepend", "\u2581");
                json.WriteEndObject();
            }
            TokenizerJsonWriter.Replace(json, null, "String", " ", "\u2581");
            json.WriteEndArray();
            json.WriteEndObject();
            if (gemma) TokenizerJsonWriter.Split(json, "pre_tokenizer", "String", " ", "MergedWithPrevious");
            if (addBos) TokenizerJsonWriter.Template(json, "post_processor", $"{bos} $A", $"{bos} $A {bos}:1 $B:1", idOf);
            TokenizerJsonWriter.Start(json, "decoder", "Sequence");
            json.WriteStartArray("decoders");
            TokenizerJsonWriter.Replace(json, null, "String", "\u2581", " ");
            TokenizerJsonWriter.Component(json, null, "ByteFallback");
            TokenizerJsonWriter.Component(json, null, "Fuse");
            if (prefix)
            {
                TokenizerJsonWriter.Start(json, null, "Strip");
                json.WriteString("content", " ");
                json.WriteNumber("start", 1);
                json.WriteNumber("stop", 0);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();

            TokenizerJsonWriter.Start(json, "model", "BPE");
            json.WriteString("unk_token", tokens[unknown]);
            json.WriteBoolean("fuse_unk", true);
            json.WriteBoolean("byte_fallback", model.ByteFallback);
            json.WriteStartObject("vocab");
            for (int id = 0; id < tokens.Count; id++) json.WriteNumber(tokens[id], id);
            json.WriteEndObject();
            json.WriteStartArray("merges");
            foreach ((string first, string second) in Merges(model))
            {
                json.WriteStartArray();
                json.WriteStringValue(first);
                json.WriteStringValue(second);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Every way to cut a piece into two pieces, the best piece first; of one piece the ways in the order of their parts' ids.</summary>
    internal static IEnumerable<(string First, string Second)> Merges(SentencePieceModel model)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < model.Pieces.Count; id++) ids[model.Pieces[id].Text] = id;
        var found = new List<(string First, string Second, float Score)>();
        foreach ((string text, float score, _) in model.Pieces)
        {
            var ways = new List<(string First, string Second)>();
            for (int cut = 1; cut < text.Length; cut++)
            {
                if (char.IsLowSurrogate(text[cut])) continue;
                (string first, string second) = (text[..cut], text[cut..]);
                if (ids.ContainsKey(first) && ids.ContainsKey(second)) ways.Add((first, second));
            }
            found.AddRange(ways.OrderBy(w => ids[w.First]).ThenBy(w => ids[w.Second]).Select(w => (w.First, w.Second, score)));
        }
        return found.OrderByDescending(m => m.Score).Select(m => (m.First, m.Second)); // stable
    }

    private static Func<string, int> Index(IEnumerable<string> tokens)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        int next = 0;
        foreach (string token in tokens) ids.TryAdd(token, next++);
        return token => ids.TryGetValue(token, out int id) ? id : throw new InvalidDataException($"the SentencePiece model lacks the piece '{token}' that its kind of tokenizer needs");
    }

    private static int UnknownId(SentencePieceModel model) =>
        model.Pieces.FindIndex(p => p.Kind == SentencePieceModel.Unknown) is >= 0 and int id ? id : throw new InvalidDataException("the SentencePiece model has no unknown piece");

    private static void Special(Utf8JsonWriter json, IEnumerable<string> special, Func<string, int> idOf, IEnumerable<string>? ordinary = null) =>
        TokenizerJsonWriter.AddedTokens(json, special.Select(t => new AddedToken(idOf(t), t, IsSpecial: true, false, TrimLeft: t == "<mask>" || t == "[MASK]", false, Normalized: false))
            .Concat((ordinary ?? []).Select(t => new AddedToken(idOf(t), t, IsSpecial: false, false, false, false, Normalized: false))));

    private static void Normalizer(Utf8JsonWriter json, SentencePieceModel model, ReadOnlySpan<(string Kind, string Pattern, string Content)> replacements)
    {
        TokenizerJsonWriter.Start(json, "normalizer", "Sequence");
        json.WriteStartArray("normalizers");
        Precompiled(json, model);
        foreach ((string kind, string pattern, string content) in replacements) TokenizerJsonWriter.Replace(json, null, kind, pattern, content);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Precompiled(Utf8JsonWriter json, SentencePieceModel model)
    {
        if (model.CharacterMap.Length == 0) return;
        TokenizerJsonWriter.Start(json, null, "Precompiled");
        json.WriteBase64String("precompiled_charsmap", model.CharacterMap);
        json.WriteEndObject();
    }

    private static void Unigram(Utf8JsonWriter json, List<(string Text, double Score)> vocabulary, int unknown, bool byteFallback)
    {
        TokenizerJsonWriter.Start(json, "model", "Unigram");
        json.WriteNumber("unk_id", unknown);
        json.WriteBoolean("byte_fallback", byteFallback);
        json.WriteStartArray("vocab");
        foreach ((string text, double score) in vocabulary)
        {
            json.WriteStartArray();
            json.WriteStringValue(text);
            json.WriteNumberValue(score);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
