using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>Reads the section <c>model</c>.</summary>
internal static class ModelReader
{
    /// <summary>Tokens and ids: an object of ids, or for Unigram an array of pieces and scores.</summary>
    public static Dictionary<string, int> ReadVocabulary(JsonView model, out double[] scores)
    {
        JsonView vocab = model["vocab"];
        var entries = new Dictionary<string, int>(StringComparer.Ordinal);
        scores = [];
        if (vocab.Value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in vocab.Value.EnumerateObject())
                entries[property.Name] = new JsonView(property.Value, $"{vocab.Path}['{TokenizerJson.Short(property.Name)}']", vocab.File).AsCount();
            return entries;
        }
        if (vocab.Value.ValueKind != JsonValueKind.Array) throw vocab.Error($"an object or an array is expected, found {vocab.Kind}");
        scores = new double[vocab.Value.GetArrayLength()];
        int id = 0;
        foreach (JsonElement pair in vocab.Value.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[0].ValueKind != JsonValueKind.String || pair[1].ValueKind != JsonValueKind.Number
                || !pair[1].TryGetDouble(out double score) || !double.IsFinite(score))
                throw new JsonView(pair, $"{vocab.Path}[{id}]", vocab.File).Error("a piece and its score are expected");
            scores[id] = score;
            entries[pair[0].GetString()!] = id++;
        }
        return entries;
    }

    /// <param name="model">The section.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="scores">Scores of a Unigram model by id.</param>
    /// <param name="preTokenizer">The pre-tokenizer; a step that only makes words easier to remember may be added.</param>
    /// <param name="merges">The merges of a BPE model.</param>
    public static TokenModel Read(JsonView model, Vocabulary vocabulary, double[] scores, ref PreTokenizer? preTokenizer, out IReadOnlyList<(string, string)> merges)
    {
        merges = [];
        string type = model.TextOrNull("type") ?? Guess(model);
        if ((type == "Unigram") != (model["vocab"].Value.ValueKind == JsonValueKind.Array)) throw model["vocab"].Error($"{model["vocab"].Kind} is not what a {TokenizerJson.Short(type)} model has");
        int byteLevels = preTokenizer is null ? 0 : preTokenizer.Flatten().Count(p => p is ByteLevelPreTokenizer);
        bool bytes = type == "BPE" && byteLevels == 1 && preTokenizer!.Flatten().Last() is ByteLevelPreTokenizer;
        if (byteLevels > 0 && !bytes) throw model["type"].Error("the pre-tokenizer ByteLevel is supported once, as the last step, and with a BPE model");
        switch (type)
        {
            case "WordPiece":
                return new WordPieceModel(vocabulary, IdOf(vocabulary, model.TextOrNull("unk_token") ?? "[UNK]"),
                    model.TextOrNull("continuing_subword_prefix") ?? "##", model.CountOrNull("max_input_chars_per_word") ?? 100);
            case "WordLevel":
                return new WordLevelModel(vocabulary, IdOf(vocabulary, model.TextOrNull("unk_token") ?? "<unk>"));
            case "Unigram":
                int? unknown = model.CountOrNull("unk_id");
                if (unknown >= scores.Length) throw model["unk_id"].Error($"there are only {scores.Length} pieces");
                return new UnigramModel(vocabulary, scores, unknown ?? -1, model.Flag("byte_fallback", false));
            case "BPE":
                if (model["dropout"] is { IsNull: false } dropout && !(dropout.Value.ValueKind == JsonValueKind.Number && dropout.Value.TryGetDouble(out double p) && p == 0))
                    throw dropout.Error("dropout makes ids random and is not supported");
                merges = ReadMerges(model["merges"]);
                var settings = new BpeModel.Settings(bytes, model.TextOrNull("unk_token"), model.TextOrNull("continuing_subword_prefix") ?? "",
                    model.TextOrNull("end_of_word_suffix") ?? "", model.Flag("fuse_unk", false), model.Flag("byte_fallback", false), model.Flag("ignore_merges", false));
                if (settings.Unknown is { } token && IdOf(vocabulary, token) < 0) throw model["unk_token"].Error($"the unknown token '{TokenizerJson.Short(token)}' is not in the vocabulary");
                var bpe = new BpeModel(vocabulary, merges, settings, model);
                if (bpe.Boundaries is { } boundaries)
                    preTokenizer = preTokenizer is null ? boundaries : new SequencePreTokenizer([preTokenizer, boundaries]);
                return bpe;
            default:
                throw model["type"].Error($"the model '{TokenizerJson.Short(type)}' is unknown");
        }
    }

    /// <summary>Old files name no type.</summary>
    private static string Guess(JsonView model) => !model["merges"].IsNull ? "BPE"
        : model["vocab"].Value.ValueKind == JsonValueKind.Array ? "Unigram"
        : !model["continuing_subword_prefix"].IsNull ? "WordPiece" : "WordLevel";

    private static int IdOf(Vocabulary vocabulary, string token) => vocabulary.ModelEntries.GetValueOrDefault(token, -1);

    /// <summary>Pairs, or strings with a space between the parts.</summary>
    private static List<(string, string)> ReadMerges(JsonView view)
    {
        if (view.Value.ValueKind != JsonValueKind.Array) throw view.Error($"an array is expected, found {view.Kind}");
        var merges = new List<(string, string)>(view.Value.GetArrayLength());
        int i = 0;
        foreach (JsonElement merge in view.Value.EnumerateArray())
        {
            if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String)
            {
                merges.Add((merge[0].GetString()!, merge[1].GetString()!));
            }
            else
            {
                string[] parts = merge.ValueKind == JsonValueKind.String ? merge.GetString()!.Split(' ') : [];
                if (parts.Length == 2)
                    merges.Add((parts[0], parts[1]));
                else if (!(parts.Length > 0 && parts[0].StartsWith("#version", StringComparison.Ordinal)))
                    throw new JsonView(merge, $"{view.Path}[{i}]", view.File).Error("two tokens are expected");
            }
            i++;
        }
        return merges;
    }
}
