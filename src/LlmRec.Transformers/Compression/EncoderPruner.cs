using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmRec.Transformers;

/// <summary>
/// Makes a sentence-transformers folder smaller: pieces that the caller's texts do not use, attention heads and layers that do little for them.
/// What matters is measured on the texts themselves: how far the vectors move when the part is missing (after P. Michel, O. Levy,
/// G. Neubig, "Are Sixteen Heads Really Better than One?", arXiv:1905.10650). Nothing is trained afterwards.
/// </summary>
public static class EncoderPruner
{
    /// <summary>Prunes a folder into another, which <see cref="SentenceEncoder.Load"/> opens like any other.</summary>
    /// <param name="folder">A sentence-transformers folder.</param>
    /// <param name="destination">The folder to write; must not exist or be empty.</param>
    /// <param name="texts">The caller's own texts, at least one.</param>
    /// <param name="options">What to take out; null for the defaults.</param>
    /// <param name="progress">Told the part of the measuring that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, there are no texts, or the destination holds something.</exception>
    /// <exception cref="NotSupportedException">Layers are to go from an architecture other than BERT, RoBERTa, DistilBERT and MPNet, or heads from one other than the first three.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <remarks>
    /// Where heads were taken out, <c>config.json</c> gives the width of a head as <c>head_dim</c>, which this library reads; transformers'
    /// BERT does not. Folders with fewer pieces or layers are ordinary ones.
    /// </remarks>
    public static PruningReport Prune(string folder, string destination, IReadOnlyList<string> texts, PruningOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new();
        options.Check();
        if (texts.Count == 0) throw new ArgumentException("pruning needs texts to measure on", nameof(texts));
        if (Directory.Exists(destination) && Directory.EnumerateFileSystemEntries(destination).Any())
            throw new ArgumentException($"'{destination}' is not empty; give a new folder", nameof(destination));
        SentenceEncoder encoder = SentenceEncoder.Load(folder, cancellationToken: cancellationToken);
        string transformer = SentenceFolder.Read(folder).Transformer;
        using Checkpoint checkpoint = Checkpoint.Open(transformer);
        var importance = new PartImportance(encoder, checkpoint, Sample(texts, options.SampleTexts));
        (int[][] heads, int[] layers) = importance.Choose(options, progress, cancellationToken);

        Tokenizer tokenizer = encoder.Tokenizer;
        int[] words = [.. Enumerable.Range(0, encoder.Model.Config.VocabularySize)];
        if (options.Vocabulary) tokenizer = tokenizer.WithVocabulary(Used(tokenizer, texts, cancellationToken), out words);
        CheckPositions(encoder, tokenizer);

        CopyOthers(folder, destination, transformer);
        string target = Path.Combine(destination, Path.GetRelativePath(folder, transformer));
        Directory.CreateDirectory(target);
        if (options.Vocabulary) tokenizer.Save(Path.Combine(target, "tokenizer.json"));
        new CheckpointPruner(checkpoint, encoder.Model.Config, heads, layers, words).Write(Path.Combine(target, "model.safetensors"));
        WriteConfig(Path.Combine(transformer, "config.json"), Path.Combine(target, "config.json"), encoder.Model.Config, tokenizer, heads[0].Length, layers.Length, words.Length);

        SentenceEncoder pruned = SentenceEncoder.Load(destination, cancellationToken: cancellationToken);
        return new()
        {
            PiecesBefore = encoder.Tokenizer.Vocabulary.Size,
            Pieces = pruned.Tokenizer.Vocabulary.Size,
            BytesBefore = encoder.Model.WeightBytes,
            Bytes = pruned.Model.WeightBytes,
            Parts = importance.Parts,
            Similarity = importance.SimilarityOf(pruned, cancellationToken),
        };
    }

    /// <summary>Evenly over all, so that a catalog sorted by category is seen whole.</summary>
    private static string[] Sample(IReadOnlyList<string> texts, int count)
    {
        count = Math.Min(count, texts.Count);
        return [.. Enumerable.Range(0, count).Select(i => texts[(int)((long)i * texts.Count / count)])];
    }

    private static HashSet<int> Used(Tokenizer tokenizer, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var used = new HashSet<int>();
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            used.UnionWith(tokenizer.EncodeToIds(text));
        }
        return used;
    }

    /// <summary>RoBERTa counts positions from the padding's id on, which therefore must stay where it is.</summary>
    private static void CheckPositions(SentenceEncoder encoder, Tokenizer tokenizer)
    {
        if (encoder.Model.Config.PositionOffset > 0 && tokenizer.SpecialTokens.Pad != encoder.Tokenizer.SpecialTokens.Pad)
            throw new NotSupportedException("the padding token would get another id, by which this architecture counts positions; prune without the vocabulary");
    }

    /// <summary>All files but those that are written anew and those of other formats of the same weights.</summary>
    private static void CopyOthers(string folder, string destination, string transformer)
    {
        Directory.CreateDirectory(destination);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(file);
            bool here = Path.GetFullPath(Path.GetDirectoryName(file)!) == Path.GetFullPath(transformer);
            if (here && (name.EndsWith(".safetensors", StringComparison.Ordinal) || name is "config.json" or "vocab.txt" or "vocab.json" or "merges.txt" or "model.safetensors.index.json")) continue;
            if (Path.GetExtension(file) is ".bin" or ".h5" or ".onnx" or ".ot" or ".msgpack") continue;
            string to = Path.Combine(destination, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
            File.SetAttributes(to, FileAttributes.Normal);
        }
    }

    private static void WriteConfig(string from, string to, TransformerConfig config, Tokenizer tokenizer, int heads, int layers, int words)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllBytes(from))!.AsObject();
        JsonObject inner = json["text_config"] is JsonObject text && json["hidden_size"] is null ? text : json;
        inner["vocab_size"] = words;
        if (inner["pad_token_id"] is not null && tokenizer.SpecialTokens.Pad is { } pad) inner["pad_token_id"] = pad;
        if (layers != config.Layers) inner[config.Architecture == Architecture.DistilBert ? "n_layers" : "num_hidden_layers"] = layers;
        if (heads != config.Heads)
        {
            inner[config.Architecture == Architecture.DistilBert ? "n_heads" : "num_attention_heads"] = heads;
            inner["head_dim"] = config.HeadSize;
        }
        using var stream = new FileStream(to, FileMode.Create, FileAccess.Write);
        using var writer = new Utf8JsonWriter(stream, new() { Indented = true });
        json.WriteTo(writer);
    }
}
