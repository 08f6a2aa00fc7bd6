using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>Reads tokenizer.json; everything else that can be loaded is turned into it first.</summary>
internal static class TokenizerJson
{
    /// <summary>Ids may have gaps, but not so many that a small file asks for a large table.</summary>
    private const int MaxGaps = 1_000_000;

    /// <exception cref="InvalidDataException">The file is not a tokenizer that is understood; says where and why.</exception>
    public static Tokenizer Read(ReadOnlyMemory<byte> json, string file, TokenizerConfig? config) =>
        JsonFile.Parse(json, file, view => Read(view, config ?? new TokenizerConfig()));

    private static Tokenizer Read(JsonView root, TokenizerConfig config)
    {
        JsonView modelView = root["model"];
        Dictionary<string, int> entries = ModelReader.ReadVocabulary(modelView, out double[] scores);
        int added = root["added_tokens"].IsNull ? 0 : root["added_tokens"].Value.ValueKind == JsonValueKind.Array ? root["added_tokens"].Value.GetArrayLength() : 0;
        long limit = entries.Count * 2L + added + MaxGaps;
        foreach ((string token, int id) in entries)
            if (id >= limit) throw modelView["vocab"].Error($"the id {id} of '{Short(token)}' is far beyond the {entries.Count} tokens");
        var tokens = new List<AddedToken>();
        foreach (JsonView item in root["added_tokens"].Items())
        {
            AddedToken token = ReadAdded(item, entries);
            if (token.Id >= limit) throw item["id"].Error($"the id {token.Id} is far beyond the {entries.Count} tokens");
            if (token.Content.Length > 0) tokens.Add(token);
        }
        var vocabulary = new Vocabulary(entries, tokens);

        TextNormalizer? normalizer = NormalizerReader.Read(root["normalizer"]);
        PreTokenizer? preTokenizer = PreTokenizerReader.Read(root["pre_tokenizer"]);
        TokenModel model = ModelReader.Read(modelView, vocabulary, scores, ref preTokenizer, out IReadOnlyList<(string, string)> merges);
        PostProcessor postProcessor = PostProcessorReader.Read(root["post_processor"], vocabulary);
        TokenDecoder? decoder = DecoderReader.Read(root["decoder"]);

        EncodeOptions? truncation = ReadTruncation(root["truncation"]);
        PaddingOptions? padding = ReadPadding(root["padding"]);
        var source = new TokenizerSource
        {
            Normalizer = Raw(root["normalizer"]),
            PreTokenizer = Raw(root["pre_tokenizer"]),
            PostProcessor = Raw(root["post_processor"]),
            Decoder = Raw(root["decoder"]),
            Settings = [.. modelView.Value.EnumerateObject().Where(p => p.Name is not ("vocab" or "merges")).Select(p => (p.Name, p.Value.GetRawText()))],
            Merges = merges,
            Scores = scores,
            Truncation = truncation,
            Padding = padding,
            ModelMaxTokenCount = config.ModelMaxLength ?? truncation?.MaxTokenCount,
        };
        SpecialTokens special = SpecialTokenFinder.Find(config, vocabulary, model, padding);
        return new Tokenizer(source, normalizer, preTokenizer, model, postProcessor, decoder, vocabulary, special);
    }

    /// <summary>A piece of a file for a message.</summary>
    public static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;

    private static string Raw(JsonView view) => view.IsNull ? "null" : view.Value.GetRawText();

    private static AddedToken ReadAdded(JsonView view, Dictionary<string, int> entries)
    {
        string content = view.Text("content");
        int id = view.Count("id");
        // The model's own id of the text counts, as in the reference library.
        if (entries.TryGetValue(content, out int known)) id = known;
        bool special = view.Flag("special", false);
        return new AddedToken(id, content, special, view.Flag("single_word", false), view.Flag("lstrip", false), view.Flag("rstrip", false),
            view.Flag("normalized", !special));
    }

    private static EncodeOptions? ReadTruncation(JsonView view)
    {
        if (view.IsNull) return null;
        return new EncodeOptions
        {
            MaxTokenCount = view.Count("max_length"),
            Stride = view.CountOrNull("stride") ?? 0,
            TruncationSide = Side(view),
            Truncation = view.Text("strategy") switch
            {
                "LongestFirst" => TruncationStrategy.LongestFirst,
                "OnlyFirst" => TruncationStrategy.OnlyFirst,
                "OnlySecond" => TruncationStrategy.OnlySecond,
                string other => throw view["strategy"].Error($"the strategy '{Short(other)}' is unknown"),
            },
        };
    }

    private static PaddingOptions? ReadPadding(JsonView view)
    {
        if (view.IsNull) return null;
        JsonView strategy = view["strategy"];
        return new PaddingOptions
        {
            Length = strategy.Value.ValueKind == JsonValueKind.Object ? strategy.Count("Fixed") : null,
            MultipleOf = view.CountOrNull("pad_to_multiple_of") ?? 0,
            PadId = view.Count("pad_id"),
            PadTypeId = view.CountOrNull("pad_type_id") ?? 0,
            Side = Side(view),
        };
    }

    private static TokenSide Side(JsonView view) => view.TextOrNull("direction") switch
    {
        null or "Right" => TokenSide.Right,
        "Left" => TokenSide.Left,
        string other => throw view["direction"].Error($"the direction '{Short(other)}' is unknown"),
    };
}
