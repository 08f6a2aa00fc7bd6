using System.Text.Json;

namespace LlmRec.Transformers;

public sealed partial class Tokenizer
{
    /// <summary>Writes the tokenizer as <c>tokenizer.json</c>, which <see cref="Load(string)"/> and Hugging Face's library read. Written beside and renamed.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string beside = path + ".tmp";
        File.WriteAllBytes(beside, ToJson());
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>The text of a <c>tokenizer.json</c>, UTF-8.</summary>
    public byte[] ToJson()
    {
        int[] all = [.. Enumerable.Range(0, Vocabulary.Size).Where(id => Vocabulary[id] is not null)];
        return ToJson(all.ToDictionary(id => id), _source.Merges);
    }

    /// <summary>
    /// A tokenizer of a part of the vocabulary, for pruning the embedding table of a model to the pieces that texts use. A text
    /// whose tokens are all kept gets the same tokens as before. Always kept are added and special tokens, the unknown token,
    /// single bytes, and of BPE every token that a kept one is merged from.
    /// </summary>
    /// <param name="keptIds">Ids to keep, in any order; those without a token are ignored.</param>
    /// <param name="oldIds">(new vocabulary size): the old id of each new one, in rising order; the rows to take over.</param>
    /// <exception cref="ArgumentNullException"><paramref name="keptIds"/> is <c>null</c>.</exception>
    public Tokenizer WithVocabulary(IEnumerable<int> keptIds, out int[] oldIds)
    {
        ArgumentNullException.ThrowIfNull(keptIds);
        var kept = new HashSet<int>(keptIds.Where(id => Vocabulary[id] is not null));
        kept.UnionWith(Vocabulary.AddedTokens.Select(t => t.Id));
        foreach (int? special in (ReadOnlySpan<int?>)[SpecialTokens.Cls, SpecialTokens.Sep, SpecialTokens.Pad, SpecialTokens.Unk, SpecialTokens.Mask, SpecialTokens.Bos, SpecialTokens.Eos, _model.UnknownId])
            if (special is { } id && Vocabulary[id] is not null) kept.Add(id);
        foreach (bool isPair in (ReadOnlySpan<bool>)[false, true])
            foreach (TemplatePiece piece in _postProcessor.Pieces(isPair)) kept.UnionWith(piece.Ids.Where(id => Vocabulary[id] is not null));
        foreach ((string token, int id) in Vocabulary.ModelEntries)
            if (IsByte(token)) kept.Add(id);
        // The score of unknown text hangs on the lowest one.
        if (_source.Scores.Count > 0 && Vocabulary.ModelEntries.Count > 0)
            kept.Add(Vocabulary.ModelEntries.Values.MinBy(id => _source.Scores[id]));

        IReadOnlyList<(string First, string Second)> merges = Close(kept);
        oldIds = [.. kept.Order()];
        var newIds = new Dictionary<int, int>();
        for (int i = 0; i < oldIds.Length; i++) newIds[oldIds[i]] = i;
        return TokenizerJson.Read(ToJson(newIds, merges), "the reduced tokenizer.json", TokenizerConfig.Of(SpecialTokens, Vocabulary, ModelMaxTokenCount));
    }

    /// <summary>A byte of byte-level BPE, or one that unknown text falls back on.</summary>
    private static bool IsByte(string token) =>
        token.Length == 1 && ByteAlphabet.ByteOf(token[0]) >= 0 || token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>';

    /// <summary>Adds what the kept tokens are merged from, and returns the merges among them.</summary>
    private List<(string, string)> Close(HashSet<int> kept)
    {
        if (_source.Merges.Count == 0) return [];
        string prefix = _source.Settings.FirstOrDefault(s => s.Name == "continuing_subword_prefix").Json is { } json && json.Length > 2 && json[0] == '"' ? json[1..^1] : "";
        IReadOnlyDictionary<string, int> ids = Vocabulary.ModelEntries;
        var made = new Dictionary<int, List<(int First, int Second)>>();
        var all = new List<(int First, int Second, int Result)>(_source.Merges.Count);
        foreach ((string first, string second) in _source.Merges)
        {
            (int a, int b, int result) = (ids[first], ids[second], ids[first + second[Math.Min(prefix.Length, second.Length)..]]);
            all.Add((a, b, result));
            if (!made.TryGetValue(result, out List<(int, int)>? ways)) made[result] = ways = [];
            ways.Add((a, b));
        }
        var open = new Stack<int>(kept);
        while (open.TryPop(out int id))
        {
            if (!made.TryGetValue(id, out List<(int First, int Second)>? ways)) continue;
            foreach ((int a, int b) in ways)
            {
                if (kept.Add(a)) open.Push(a);
                if (kept.Add(b)) open.Push(b);
            }
        }
        var merges = new List<(string, string)>();
        for (int i = 0; i < all.Count; i++)
            if (kept.Contains(all[i].First) && kept.Contains(all[i].Second) && kept.Contains(all[i].Result)) merges.Add(_source.Merges[i]);
        return merges;
    }

    private byte[] ToJson(Dictionary<int, int> newIds, IReadOnlyList<(string First, string Second)> merges) => TokenizerJsonWriter.Write(json =>
    {
        TokenizerJsonWriter.Truncation(json, StoredTruncation);
        TokenizerJsonWriter.Padding(json, StoredPadding, Vocabulary, newIds);
        TokenizerJsonWriter.AddedTokens(json, Vocabulary.AddedTokens.Where(t => newIds.ContainsKey(t.Id)).Select(t => t with { Id = newIds[t.Id] }));
        foreach ((string name, string text) in (ReadOnlySpan<(string, string)>)[("normalizer", _source.Normalizer), ("pre_tokenizer", _source.PreTokenizer), ("decoder", _source.Decoder)])
        {
            json.WritePropertyName(name);
            json.WriteRawValue(text);
        }
        json.WritePropertyName("post_processor");
        using (JsonDocument post = JsonDocument.Parse(_source.PostProcessor)) TokenizerJsonWriter.WithNewIds(json, post.RootElement, newIds);

        json.WriteStartObject("model");
        json.WriteString("type", _model.Type);
        foreach ((string name, string text) in _source.Settings)
        {
            if (name == "type") continue;
            if (name == "unk_id" && _model.UnknownId is { } unknown)
            {
                json.WriteNumber(name, newIds[unknown]);
                continue;
            }
            json.WritePropertyName(name);
            json.WriteRawValue(text);
        }
        (int Old, string Token)[] tokens = [.. Vocabulary.ModelEntries.Where(e => newIds.ContainsKey(e.Value)).Select(e => (e.Value, e.Key)).OrderBy(e => e.Value)];
        if (_source.Scores.Count > 0)
        {
            // A piece's place is its id; an id that only an added token has gets an empty piece.
            json.WriteStartArray("vocab");
            int next = 0;
            foreach ((int old, string token) in tokens)
            {
                for (; next < newIds[old]; next++) WritePiece(json, "", 0);
                WritePiece(json, token, _source.Scores[old]);
                next++;
            }
            json.WriteEndArray();
        }
        else
        {
            json.WriteStartObject("vocab");
            foreach ((int old, string token) in tokens) json.WriteNumber(token, newIds[old]);
            json.WriteEndObject();
        }
        if (_model is BpeModel)
        {
            json.WriteStartArray("merges");
            foreach ((string first, string second) in merges)
            {
                json.WriteStartArray();
                json.WriteStringValue(first);
                json.WriteStringValue(second);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    });

    private static void WritePiece(Utf8JsonWriter json, string piece, double score)
    {
        json.WriteStartArray();
        json.WriteStringValue(piece);
        json.WriteNumberValue(score);
        json.WriteEndArray();
    }
}
