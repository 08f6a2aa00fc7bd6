using System.Buffers.Binary;
using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>Reads and checks the header of a safetensors file: eight bytes of length, then JSON. Trusts nothing it reads.</summary>
internal sealed class SafeTensorsHeader
{
    /// <summary>The limit of the reference implementation.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    public required IReadOnlyDictionary<string, TensorInfo> Tensors { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Checks the length prefix and returns the number of JSON bytes that follow it.</summary>
    public static int Length(ReadOnlySpan<byte> prefix, long fileBytes, string where)
    {
        if (prefix.Length < 8)
            throw new InvalidDataException($"{where} has {fileBytes} bytes and is too short to be a safetensors file: the first 8 bytes give the length of the header");
        if (prefix[0] == 0x80 && prefix[1] is >= 2 and <= 5 || prefix[0] == 'P' && prefix[1] == 'K')
            throw new InvalidDataException($"{where} is a pickle or zip file (a PyTorch .bin), which can run code when it is opened, and is refused: convert it to safetensors");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderBytes)
            throw new InvalidDataException($"{where} claims a header of {length} bytes; at most {MaxHeaderBytes} are allowed, so this is not a safetensors file or it is damaged");
        if ((long)length > fileBytes - 8)
            throw new InvalidDataException($"{where} claims a header of {length} bytes but has only {fileBytes - 8} bytes after the length: the file is truncated");
        return (int)length;
    }

    /// <summary>Parses the JSON and checks that the tensors fill the data exactly, without gap or overlap.</summary>
    /// <param name="json">The header.</param>
    /// <param name="dataBytes">Number of bytes after the header.</param>
    /// <param name="where">The file's name for messages.</param>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes, string where)
    {
        var tensors = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        bool metadataSeen = false;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            Expect(ref reader, JsonTokenType.StartObject, where);
            while (Next(ref reader, where) == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (name == "__metadata__")
                {
                    if (metadataSeen) throw new InvalidDataException($"{where}: the key '__metadata__' occurs twice in the header");
                    metadataSeen = true;
                    ReadMetadata(ref reader, metadata, where);
                }
                else if (!tensors.TryAdd(name, ReadTensor(ref reader, name, where)))
                {
                    throw new InvalidDataException($"{where}: the tensor '{name}' occurs twice in the header");
                }
            }
            if (reader.TokenType != JsonTokenType.EndObject) throw Malformed(where, "the header is not one JSON object");
            while (reader.Read()) throw Malformed(where, "there is text after the header's JSON object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{where}: the header is not valid JSON: {e.Message}", e);
        }

        long at = 0;
        foreach (TensorInfo t in tensors.Values.OrderBy(t => t.Offset).ThenBy(t => t.Bytes))
        {
            if (t.Offset < at) throw new InvalidDataException($"{where}: the tensor '{t.Name}' begins at byte {t.Offset} of the data, inside the one before it");
            if (t.Offset > at) throw new InvalidDataException($"{where}: bytes {at} to {t.Offset} of the data, before the tensor '{t.Name}', belong to no tensor");
            at = t.Offset + t.Bytes;
            if (at > dataBytes) throw new InvalidDataException($"{where}: the tensor '{t.Name}' ends at byte {at} of the data, but there are only {dataBytes}: the file is truncated");
        }
        if (at != dataBytes) throw new InvalidDataException($"{where}: the last {dataBytes - at} bytes belong to no tensor");
        return new SafeTensorsHeader { Tensors = tensors, Metadata = metadata };
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string where)
    {
        Expect(ref reader, JsonTokenType.StartObject, where);
        while (Next(ref reader, where) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, where);
            if (!metadata.TryAdd(key, reader.GetString()!)) throw Malformed(where, $"the metadata key '{key}' occurs twice");
        }
    }

    private static TensorInfo ReadTensor(ref Utf8JsonReader reader, string name, string where)
    {
        TensorType? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, where);
        while (Next(ref reader, where) == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "dtype" when type is null:
                    Expect(ref reader, JsonTokenType.String, where);
                    string dtype = reader.GetString()!;
                    if (!TensorTypeTable.TryParse(dtype, out TensorType parsed))
                        throw new InvalidDataException($"{where}: the tensor '{name}' has the type '{(dtype.Length > 32 ? dtype[..32] : dtype)}', which is not supported");
                    type = parsed;
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, name, 16, where);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, name, 2, where);
                    break;
                default:
                    throw Malformed(where, $"the tensor '{name}' has an unknown or repeated property");
            }
        }
        if (type is null || shape is null || offsets is not { Count: 2 })
            throw Malformed(where, $"the tensor '{name}' needs dtype, shape and two data_offsets");

        UInt128 bytes = (UInt128)TensorTypeTable.SizeOf(type.Value);
        foreach (long size in shape)
        {
            bytes *= (UInt128)size;
            if (bytes > long.MaxValue) throw new InvalidDataException($"{where}: the tensor '{name}' has the shape [{string.Join(", ", shape)}], larger than any file");
        }
        if (offsets[1] < offsets[0] || (UInt128)(offsets[1] - offsets[0]) != bytes)
            throw new InvalidDataException($"{where}: the tensor '{name}' has shape [{string.Join(", ", shape)}] of {TensorTypeTable.NameOf(type.Value)}, which is {bytes} bytes, but its offsets {offsets[0]} to {offsets[1]} span {offsets[1] - offsets[0]}");
        return new TensorInfo(name, type.Value, shape, offsets[0], offsets[1] - offsets[0]);
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string name, int most, string where)
    {
        var numbers = new List<long>(4);
        Expect(ref reader, JsonTokenType.StartArray, where);
        while (Next(ref reader, where) == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out long n) || n < 0) throw Malformed(where, $"the tensor '{name}' has a size or offset that is not a whole number of at least 0");
            if (numbers.Count == most) throw Malformed(where, $"the tensor '{name}' has more than {most} sizes or offsets");
            numbers.Add(n);
        }
        if (reader.TokenType != JsonTokenType.EndArray) throw Malformed(where, $"the tensor '{name}' has a size or offset that is not a number");
        return numbers;
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader, string where) =>
        reader.Read() ? reader.TokenType : throw Malformed(where, "the header ends early");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string where)
    {
        if (Next(ref reader, where) != type) throw Malformed(where, $"the header has a {reader.TokenType} at byte {reader.TokenStartIndex} where a {type} belongs");
    }

    private static InvalidDataException Malformed(string where, string what) => new($"{where}: {what}");
}
