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

    public static TokenModel Read(JsonView model, Vocabulary vocabulary, double[] scores, ref PreTokenizer? preTokenizer, out IReadOnlyList<(string, string)> merges)
    {
        merges = [];
        string? type = model.TextOrNull("type");
        switch (type)
        {
            case "WordPiece":
                string unknown = model.TextOrNull("unk_token") ?? "[UNK]";
                return new WordPieceModel(vocabulary, vocabulary.ModelEntries.TryGetValue(unknown, out int id) ? id : -1,
                    model.TextOrNull("continuing_subword_prefix") ?? "##", model.CountOrNull("max_input_chars_per_word") ?? 100);
            default:
                throw model["type"].Error($"the model '{TokenizerJson.Short(type ?? "")}' is unknown");
        }
    }
}
