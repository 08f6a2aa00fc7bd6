using System.Text.Json;

namespace LlmRec.Transformers;

public sealed partial class StaticEncoder
{
    private const string Embeddings = "embeddings", Mapping = "mapping", PhraseIds = "phrase_ids", PhraseEnds = "phrase_ends", TokenizerText = "tokenizer", Limit = "max_tokens";

    /// <summary>
    /// Writes a folder: <c>model.safetensors</c>, <c>config.json</c> and <c>tokenizer.json</c>, laid out as Model2Vec does. With
    /// <see cref="StaticFormat.Float32"/>, every token mapped and no phrases, Model2Vec itself can open it.
    /// </summary>
    /// <param name="folder">The folder, made if need be.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task SaveAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        var writer = new SafeTensorsWriter();
        SaveTensors(writer, "");
        using var config = new MemoryStream();
        using (var json = new Utf8JsonWriter(config, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("model_type", "model2vec");
            json.WriteStartArray("architectures");
            json.WriteStringValue("StaticModel");
            json.WriteEndArray();
            json.WriteBoolean("normalize", true);
            json.WriteNumber("hidden_dim", Dimensions);
            json.WriteNumber("seq_length", MaxTokens);
            json.WriteEndObject();
        }
        await File.WriteAllBytesAsync(Path.Combine(folder, "tokenizer.json"), Tokenizer.ToJson(), cancellationToken).ConfigureAwait(false);
        await File.WriteAllBytesAsync(Path.Combine(folder, "config.json"), config.ToArray(), cancellationToken).ConfigureAwait(false);
        await writer.WriteAsync(Path.Combine(folder, "model.safetensors"), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a folder that <see cref="SaveAsync"/> or Model2Vec wrote.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not belong together.</exception>
    public static StaticEncoder Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no folder '{folder}'");
        ConfigObject config = ConfigObject.Load(Path.Combine(folder, "config.json"));
        Tokenizer tokenizer = Tokenizer.Load(folder);
        using SafeTensorsFile file = SafeTensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        int maxTokens = config.Find("seq_length") is null ? 512 : config.Int("seq_length", most: int.MaxValue);
        return ReadTensors(file, "", tokenizer, Math.Clamp(maxTokens, 1, 8192));
    }

    /// <summary>Adds all there is to know of the encoder to a file with other things.</summary>
    /// <param name="writer">The file.</param>
    /// <param name="prefix">Put before the names of its tensors.</param>
    /// <param name="withTokenizer">Whether the tokenizer goes with it; if not, it is given to <see cref="Read"/>.</param>
    public void Save(SafeTensorsWriter writer, string prefix = "", bool withTokenizer = true)
    {
        ArgumentNullException.ThrowIfNull(writer);
        SaveTensors(writer, prefix);
        if (withTokenizer) writer.Add(prefix + TokenizerText, Tokenizer.ToJson());
        writer.Add(prefix + Limit, new[] { MaxTokens });
    }

    /// <summary>Reads what <see cref="Save"/> added; what the file holds is copied.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the names of its tensors start with.</param>
    /// <param name="tokenizer">The tokenizer, where the file does not hold it.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, of another shape or type, or contradicts the others.</exception>
    public static StaticEncoder Read(SafeTensorsFile file, string prefix = "", Tokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(prefix);
        tokenizer ??= Tokenizer.FromJson(file.Get<byte>(prefix + TokenizerText, -1).ToArray(), file.Name);
        int maxTokens = file.Tensors.ContainsKey(prefix + Limit) ? file.Get<int>(prefix + Limit, 1)[0] : 512;
        return maxTokens is >= 1 and <= 8192 ? ReadTensors(file, prefix, tokenizer, maxTokens)
            : throw new InvalidDataException($"{file.Name}: a static encoder for texts of {maxTokens} tokens");
    }

    private void SaveTensors(SafeTensorsWriter writer, string prefix)
    {
        if (_table.IsInt8)
        {
            writer.Add(prefix + Embeddings, _table.Values, Rows, Dimensions);
            writer.Add(prefix + Embeddings + Checkpoint.ScaleSuffix, _table.Scales);
        }
        else
        {
            writer.Add(prefix + Embeddings, _table.Floats, Rows, Dimensions);
        }
        if (!IsIdentity(_rowOf)) writer.Add(prefix + Mapping, _rowOf);
        if (_phrases is null) return;
        writer.Add(prefix + PhraseIds, _phrases.Phrases.SelectMany(p => p).ToArray());
        int end = 0;
        writer.Add(prefix + PhraseEnds, _phrases.Phrases.Select(p => end += p.Length).ToArray());
    }

    /// <summary>Whether the rows are the tokens from the first on; what comes after them has none.</summary>
    private static bool IsIdentity(int[] rowOf)
    {
        int rows = 0;
        while (rows < rowOf.Length && rowOf[rows] == rows) rows++;
        return Array.TrueForAll(rowOf[rows..], r => r < 0);
    }

    private static StaticEncoder ReadTensors(SafeTensorsFile file, string prefix, Tokenizer tokenizer, int maxTokens)
    {
        string name = prefix + Embeddings;
        if (!file.Tensors.TryGetValue(name, out TensorInfo? info) || info.Shape.Count != 2 || info.Shape[1] == 0)
            throw new InvalidDataException($"{file.Name}: a static encoder needs a tensor '{name}' of rows and dimensions");
        (int rows, int d, int words) = (checked((int)info.Shape[0]), checked((int)info.Shape[1]), tokenizer.Vocabulary.Size);
        StaticTable table = info.Type == TensorType.I8
            ? new(file.Get<sbyte>(name, rows, d).ToArray(), file.Get<float>(name + Checkpoint.ScaleSuffix, rows).ToArray(), d)
            : new(Weighted(file, prefix, file.ReadFloats(name, rows, d), d), d);

        List<int[]> phrases = [];
        if (file.Tensors.ContainsKey(prefix + PhraseEnds))
        {
            ReadOnlySpan<int> ids = file.Get<int>(prefix + PhraseIds, -1), ends = file.Get<int>(prefix + PhraseEnds, -1);
            int start = 0;
            foreach (int end in ends)
            {
                if (end < start || end > ids.Length) throw new InvalidDataException($"{file.Name}: a phrase ends at {end}, outside of the {ids.Length} ids");
                phrases.Add(ids[start..end].ToArray());
                start = end;
            }
        }
        int pieces = rows - phrases.Count;
        int[] rowOf = [.. Enumerable.Range(0, words).Select(id => id < pieces ? id : -1)];
        if (file.Tensors.TryGetValue(prefix + Mapping, out TensorInfo? mapping))
        {
            // Model2Vec writes 64 bits
            rowOf = mapping.Type == TensorType.I64 ? [.. file.Get<long>(prefix + Mapping, -1).ToArray().Select(r => (int)Math.Clamp(r, int.MinValue, int.MaxValue))] : file.Get<int>(prefix + Mapping, -1).ToArray();
            if (rowOf.Length != words || Array.Exists(rowOf, r => r < -1 || r >= pieces)) throw new InvalidDataException($"{file.Name}: the mapping of {rowOf.Length} tokens does not fit {words} tokens and {pieces} rows; do tokenizer and table belong together?");
        }
        else if (pieces > words)
        {
            throw new InvalidDataException($"{file.Name}: {pieces} rows for {words} tokens; do tokenizer and table belong together?");
        }
        return new(tokenizer, table, rowOf, phrases.Count == 0 ? null : new(phrases, tokenizer.Vocabulary), maxTokens);
    }

    /// <summary>Rows times the weights that Model2Vec may keep beside them.</summary>
    private static float[] Weighted(SafeTensorsFile file, string prefix, float[] values, int d)
    {
        if (!file.Tensors.ContainsKey(prefix + "weights")) return values;
        float[] weights = file.ReadFloats(prefix + "weights", values.Length / d);
        for (int i = 0; i < values.Length; i++) values[i] *= weights[i / d];
        return values;
    }
}
