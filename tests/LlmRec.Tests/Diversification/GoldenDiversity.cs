using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace LlmRec.Tests;

/// <summary>The golden picks of the five vector strategies.</summary>
internal sealed class GoldenDiversity
{
    private readonly byte[] _file;
    private readonly Dictionary<string, (string Type, int[] Shape, int Start, int End)> _tensors = [];
    private readonly Dictionary<string, float[]> _floats = [];

    public static Lazy<GoldenDiversity> Instance { get; } = new(() => new(SharedData.PathOrSkip("golden/diversity")));

    public sealed record Case(string Data, string Strategy, int K, double Diversity, JsonElement? Options, int Start, int Length, string Set)
    {
        public override string ToString() => $"{Data} {Strategy} k={K} diversity={Diversity} {Options}";
    }

    private GoldenDiversity(string folder)
    {
        Folder = folder;
        _file = File.ReadAllBytes(Path.Combine(folder, "diversity.safetensors"));
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(_file);
        using JsonDocument json = JsonDocument.Parse(_file.AsMemory(8, header));
        foreach (JsonProperty p in json.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__"))
        {
            JsonElement offsets = p.Value.GetProperty("data_offsets");
            _tensors[p.Name] = (p.Value.GetProperty("dtype").GetString()!, [.. p.Value.GetProperty("shape").EnumerateArray().Select(x => x.GetInt32())],
                8 + header + offsets[0].GetInt32(), 8 + header + offsets[1].GetInt32());
        }
        Cases = [.. Read("main"), .. Read("options")];
    }

    public string Folder { get; }

    public IReadOnlyList<Case> Cases { get; }

    public int Dimensions(string tensor) => _tensors[tensor].Shape[1];

    public float[] Floats(string name)
    {
        if (_floats.TryGetValue(name, out float[]? known))
            return known;
        (string type, _, int start, int end) = _tensors[name];
        ReadOnlySpan<byte> bytes = _file.AsSpan(start, end - start);
        var values = new float[bytes.Length / (type == "F32" ? 4 : 2)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = type switch
            {
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]),
                _ => BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]),
            };
        }
        return _floats[name] = values;
    }

    private IEnumerable<Case> Read(string set)
    {
        foreach (string line in File.ReadLines(Path.Combine(Folder, set + "_cases.tsv")).Skip(1))
        {
            string[] c = line.Split('\t');
            yield return new(c[1], c[2], int.Parse(c[3], CultureInfo.InvariantCulture), double.Parse(c[4], CultureInfo.InvariantCulture),
                c[5].Length == 0 ? null : JsonDocument.Parse(c[5]).RootElement, int.Parse(c[6], CultureInfo.InvariantCulture), int.Parse(c[7], CultureInfo.InvariantCulture), set);
        }
    }
}
