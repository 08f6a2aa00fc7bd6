using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LlmRec.Tests.Evaluation;

/// <summary>Golden files of <c>../shared/golden</c>.</summary>
internal static class Golden
{
    public static JsonElement Json(string relative) =>
        JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip(relative))).RootElement;

    /// <summary>All float64 tensors of a safetensors file, flat.</summary>
    public static Dictionary<string, double[]> Doubles(string relative)
    {
        byte[] bytes = File.ReadAllBytes(SharedData.PathOrSkip(relative));
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var tensors = new Dictionary<string, double[]>();
        foreach (JsonProperty p in JsonDocument.Parse(bytes.AsMemory(8, header)).RootElement.EnumerateObject())
        {
            if (p.Name == "__metadata__" || p.Value.GetProperty("dtype").GetString()![0] is 'I' or 'U') continue;
            int from = p.Value.GetProperty("data_offsets")[0].GetInt32(), to = p.Value.GetProperty("data_offsets")[1].GetInt32();
            ReadOnlySpan<byte> data = bytes.AsSpan(8 + header + from, to - from);
            tensors[p.Name] = p.Value.GetProperty("dtype").GetString() switch
            {
                "F64" => MemoryMarshal.Cast<byte, double>(data).ToArray(),
                "F32" => [.. MemoryMarshal.Cast<byte, float>(data).ToArray().Select(x => (double)x)],
                var other => throw new InvalidDataException($"tensor {p.Name} has the type {other}"),
            };
        }
        return tensors;
    }

    /// <summary>One tensor of whole numbers (int32, int16 or bytes), flat.</summary>
    public static int[] Ints(string relative, string name)
    {
        byte[] bytes = File.ReadAllBytes(SharedData.PathOrSkip(relative));
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        JsonElement tensor = JsonDocument.Parse(bytes.AsMemory(8, header)).RootElement.GetProperty(name);
        int from = tensor.GetProperty("data_offsets")[0].GetInt32(), to = tensor.GetProperty("data_offsets")[1].GetInt32();
        ReadOnlySpan<byte> data = bytes.AsSpan(8 + header + from, to - from);
        return tensor.GetProperty("dtype").GetString() switch
        {
            "I32" => MemoryMarshal.Cast<byte, int>(data).ToArray(),
            "U8" => [.. data.ToArray().Select(x => (int)x)],
            "I16" => [.. MemoryMarshal.Cast<byte, short>(data).ToArray().Select(x => (int)x)],
            var other => throw new InvalidDataException($"tensor {name} has the type {other}"),
        };
    }

    /// <summary>MovieLens 100k in file order, with a catalog in ascending order of the ids.</summary>
    public static (InteractionLog Log, Catalog Catalog) MovieLens100k()
    {
        var log = new InteractionLog();
        foreach (string line in File.ReadLines(SharedData.PathOrSkip("data/ml-100k/u.data")))
        {
            string[] f = line.Split('\t');
            log.Add(f[0], f[1], InteractionKind.Rating, float.Parse(f[2], System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeSeconds(long.Parse(f[3], System.Globalization.CultureInfo.InvariantCulture)));
        }
        return (log, new Catalog(log.Items.Select(int.Parse).Order().Select(i => new Item { Id = i.ToString(System.Globalization.CultureInfo.InvariantCulture) })));
    }
}
