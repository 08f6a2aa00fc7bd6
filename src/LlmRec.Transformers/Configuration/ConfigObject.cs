using System.Text.Json;
using System.Text.Unicode;

namespace LlmRec.Transformers;

/// <summary>An object of a configuration file, whose complaints name the file and the key.</summary>
internal readonly struct ConfigObject(JsonElement json, string where)
{
    public string Where => where;

    public JsonElement Json => json;

    /// <summary>Reads a file that must hold one JSON object.</summary>
    public static ConfigObject Load(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no '{path}'", path);
        return Parse(File.ReadAllBytes(path), path);
    }

    /// <summary>Parses a JSON object.</summary>
    public static ConfigObject Parse(ReadOnlyMemory<byte> content, string where)
    {
        JsonElement json = ParseAny(content, where);
        return json.ValueKind == JsonValueKind.Object ? new(json, where) : throw new InvalidDataException($"{where} is not a JSON object");
    }

    /// <summary>Parses any JSON of which every text can be read.</summary>
    public static JsonElement ParseAny(ReadOnlyMemory<byte> content, string where)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 32 });
            // the parser looks at texts only when they are asked for: bytes that are no UTF-8, or half a surrogate pair
            if (!Utf8.IsValid(content.Span) || content.Span.IndexOf("\\u"u8) >= 0) ReadTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{where} is not valid JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"{where} is not valid JSON: one of its texts is not valid Unicode", e);
        }
    }

    private static void ReadTexts(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in json.EnumerateArray()) ReadTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    _ = property.Name;
                    ReadTexts(property.Value);
                }
                break;
        }
    }

    /// <summary>The value of the first of the keys that is there and not null.</summary>
    public JsonElement? Find(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            if (json.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
                return value;
        return null;
    }

    /// <summary>A nested object, or null.</summary>
    public ConfigObject? Object(params ReadOnlySpan<string> keys) =>
        Find(keys) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new(value, $"{where} ({keys[0]})") : throw Wrong(keys[0], value, "an object");

    public int Int(string key, int? fallback = null, int least = 1, int most = int.MaxValue)
    {
        if (Find(key) is not { } value) return fallback ?? throw Missing(key);
        // sizes may be written as 1e3 or 512.0
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || number != Math.Truncate(number) || number < least)
            throw Wrong(key, value, $"an integer of at least {least}");
        return number > most ? (most == int.MaxValue ? most : throw Wrong(key, value, $"at most {most}")) : (int)number;
    }

    public double Double(string key, double? fallback = null)
    {
        if (Find(key) is not { } value) return fallback ?? throw Missing(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Wrong(key, value, "a number");
    }

    public bool Bool(string key, bool fallback) =>
        Find(key) is not { } value ? fallback : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, value, "true or false"),
        };

    public string? String(string key) =>
        Find(key) is not { } value ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, value, "a string");

    public string[]? Strings(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(key, value, "a list of strings");
        return [.. value.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()! : "")];
    }

    public InvalidDataException Missing(string key) => new($"{where} has no '{key}', which this architecture needs");

    private InvalidDataException Wrong(string key, JsonElement value, string expected)
    {
        string text = value.GetRawText();
        return new($"{where}: '{key}' is {(text.Length > 40 ? text[..40] + "…" : text)}, expected {expected}");
    }
}
