using System.Text.Json;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

/// <summary>A golden sentence-transformers folder: texts, prompts, ids and what the reference made of them.</summary>
internal sealed class GoldenSentences
{
    private readonly string _folder;
    private readonly JsonElement _io;

    public GoldenSentences(string relative)
    {
        _folder = SharedData.PathOrSkip($"golden/transformers/{relative}");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "io.json")));
        _io = document.RootElement.Clone();
        Texts = [.. _io.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        Prompts = _io.TryGetProperty("prompts", out JsonElement prompts) ? prompts.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!) : [];
    }

    public string Folder => _folder;

    public string[] Texts { get; }

    public Dictionary<string, string> Prompts { get; }

    public int MaxTokens => _io.GetProperty("max_seq_length").GetInt32();

    /// <summary>The ids of all texts behind a prompt, packed.</summary>
    public (int[] Ids, int[] Starts) Ids(string prompt = "", bool whole = false)
    {
        // whole: the prompt is the key itself
        JsonElement ids = _io.GetProperty(whole ? prompt : "ids");
        if (ids.ValueKind == JsonValueKind.Object) ids = ids.GetProperty(prompt);
        List<int> packed = [], starts = [0];
        foreach (JsonElement text in ids.EnumerateArray())
        {
            packed.AddRange(text.EnumerateArray().Select(i => i.GetInt32()));
            starts.Add(packed.Count);
        }

        return ([.. packed], [.. starts]);
    }

    /// <summary>A list of texts by its key.</summary>
    public string[] Strings(string key) => [.. _io.GetProperty(key).EnumerateArray().Select(t => t.GetString()!)];

    public float[] Tensor(string name)
    {
        using var file = SafeTensorsFile.Open(Path.Combine(_folder, "io.safetensors"));
        return file.ReadFloats(name);
    }

    public float[] Embeddings(string prompt = "") => Tensor(prompt.Length == 0 ? "embeddings" : "embeddings." + prompt);
}
