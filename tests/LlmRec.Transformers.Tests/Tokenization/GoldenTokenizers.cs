using System.Text;
using System.Text.Json;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>The tokenizers with golden vectors: what the reference library makes of about a thousand texts each.</summary>
internal static class GoldenTokenizers
{
    private static readonly Dictionary<string, Tokenizer> Loaded = [];

    public static IEnumerable<string> Names { get; } =
    [
        "wordpiece", "qwen3", "mistral", "t5", "smollm2", "roberta-small", "xlmr-small", "llama3-small", "bpe-added",
        "gemma-small", "wordpiece-cased", "wordpiece-chinese", "unigram-albert",
    ];

    public static string FileOf(string name) => SharedData.PathOrSkip(name switch
    {
        "wordpiece" => "models/all-MiniLM-L6-v2/tokenizer.json",
        "smollm2" => "models/SmolLM2-135M-Instruct/tokenizer.json",
        _ => $"golden/tokenizers/{name}/tokenizer.json",
    });

    /// <summary>Tokenizers are immutable, so one of each serves all tests.</summary>
    public static Tokenizer Load(string name)
    {
        string path = FileOf(name);
        lock (Loaded)
            return Loaded.TryGetValue(name, out Tokenizer? found) ? found : Loaded[name] = Tokenizer.Load(path);
    }

    public static IEnumerable<JsonElement> Lines(string name, string file)
    {
        foreach (string line in File.ReadLines(SharedData.PathOrSkip($"golden/tokenizers/{name}/{file}.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    public static string Text(this JsonElement row, string name) => row.GetProperty(name).GetString()!;

    public static int[] Ints(this JsonElement row, string name) => row.GetProperty(name).Ints();

    public static int[] Ints(this JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetInt32())];

    /// <summary>Our offsets in the goldens' unit: code points.</summary>
    public static string Offsets(TokenEncoding encoding, string text, string? pair)
    {
        var result = new StringBuilder();
        for (int i = 0; i < encoding.Count; i++)
        {
            TokenSpan span = encoding.Offsets[i];
            string source = encoding.Sequences[i] switch { 0 => text, 1 => pair!, _ => "" };
            result.Append($"[{CodePoints(source, span.Start)},{CodePoints(source, span.End)}]");
        }
        return result.ToString();
    }

    public static string Offsets(JsonElement row) => string.Concat(row.GetProperty("offsets").EnumerateArray().Select(o => $"[{o[0].GetInt32()},{o[1].GetInt32()}]"));

    public static string Join(IEnumerable<int> ids) => string.Join(' ', ids);

    /// <summary>The first disagreements, so that a failing test says which texts.</summary>
    public static void AssertNone(List<string> wrong, int cases)
    {
        Assert.That(cases, Is.GreaterThan(0));
        if (wrong.Count > 0) Assert.Fail($"{wrong.Count} of {cases} cases differ:\n{string.Join('\n', wrong.Take(6))}");
    }

    private static int CodePoints(string text, int units)
    {
        int count = units;
        for (int i = 0; i < units; i++)
            if (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1])) count--;
        return count;
    }
}
