using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>The recurring pieces of a tokenizer.json.</summary>
internal static class TokenizerJsonWriter
{
    /// <summary>Writes a whole file around the given sections.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> sections)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            sections(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>Begins a component: an object with a type.</summary>
    public static void Start(Utf8JsonWriter json, string? name, string type)
    {
        if (name is null) json.WriteStartObject(); else json.WriteStartObject(name);
        json.WriteString("type", type);
    }

    /// <summary>A component of nothing but its type and flags.</summary>
    public static void Component(Utf8JsonWriter json, string? name, string type, params ReadOnlySpan<(string Name, bool Value)> flags)
    {
        Start(json, name, type);
        foreach ((string flag, bool value) in flags) json.WriteBoolean(flag, value);
        json.WriteEndObject();
    }

    /// <summary>A component that looks for a text or a regular expression and puts another in its place.</summary>
    public static void Replace(Utf8JsonWriter json, string? name, string kind, string pattern, string content)
    {
        Start(json, name, "Replace");
        Pattern(json, kind, pattern);
        json.WriteString("content", content);
        json.WriteEndObject();
    }

    public static void Split(Utf8JsonWriter json, string? name, string kind, string pattern, string behavior)
    {
        Start(json, name, "Split");
        Pattern(json, kind, pattern);
        json.WriteString("behavior", behavior);
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
    }

    public static void Metaspace(Utf8JsonWriter json, string? name)
    {
        Start(json, name, "Metaspace");
        json.WriteString("replacement", "\u2581");
        json.WriteString("prepend_scheme", "always");
        json.WriteBoolean("split", true);
        json.WriteEndObject();
    }

    public static void Added(Utf8JsonWriter json, AddedToken token)
    {
        json.WriteStartObject();
        json.WriteNumber("id", token.Id);
        json.WriteString("content", token.Content);
        json.WriteBoolean("single_word", token.SingleWord);
        json.WriteBoolean("lstrip", token.TrimLeft);
        json.WriteBoolean("rstrip", token.TrimRight);
        json.WriteBoolean("normalized", token.Normalized);
        json.WriteBoolean("special", token.IsSpecial);
        json.WriteEndObject();
    }

    public static void AddedTokens(Utf8JsonWriter json, IEnumerable<AddedToken> tokens)
    {
        json.WriteStartArray("added_tokens");
        foreach (AddedToken token in tokens.OrderBy(t => t.Id)) Added(json, token);
        json.WriteEndArray();
    }

    /// <summary>A template written as <c>&lt;s&gt; $A &lt;/s&gt;:1</c>: words, each with an optional segment.</summary>
    public static void Template(Utf8JsonWriter json, string? name, string single, string pair, Func<string, int> idOf)
    {
        Start(json, name, "TemplateProcessing");
        var special = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((string which, string template) in (ReadOnlySpan<(string, string)>)[("single", single), ("pair", pair)])
        {
            json.WriteStartArray(which);
            foreach (string word in template.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                int colon = word.EndsWith(":1", StringComparison.Ordinal) ? word.Length - 2 : word.Length;
                string id = word[..colon];
                bool sequence = id is "$A" or "$B";
                if (!sequence) special.Add(id);
                json.WriteStartObject();
                json.WriteStartObject(sequence ? "Sequence" : "SpecialToken");
                json.WriteString("id", sequence ? id[1..] : id);
                json.WriteNumber("type_id", colon < word.Length ? 1 : 0);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteStartObject("special_tokens");
        foreach (string token in special)
        {
            json.WriteStartObject(token);
            json.WriteString("id", token);
            json.WriteStartArray("ids");
            json.WriteNumberValue(idOf(token));
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(token);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Truncation(Utf8JsonWriter json, EncodeOptions? truncation)
    {
        if (truncation is null) return;
        json.WriteStartObject("truncation");
        json.WriteString("direction", truncation.TruncationSide.ToString());
        json.WriteNumber("max_length", truncation.MaxTokenCount);
        json.WriteString("strategy", truncation.Truncation.ToString());
        json.WriteNumber("stride", truncation.Stride);
        json.WriteEndObject();
    }

    public static void Padding(Utf8JsonWriter json, PaddingOptions? padding, Vocabulary vocabulary, Dictionary<int, int> newIds)
    {
        if (padding is not { PadId: { } pad } || !newIds.TryGetValue(pad, out int id)) return;
        json.WriteStartObject("padding");
        if (padding.Length is { } length)
        {
            json.WriteStartObject("strategy");
            json.WriteNumber("Fixed", length);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("strategy", "BatchLongest");
        }
        json.WriteString("direction", padding.Side.ToString());
        if (padding.MultipleOf > 0) json.WriteNumber("pad_to_multiple_of", padding.MultipleOf); else json.WriteNull("pad_to_multiple_of");
        json.WriteNumber("pad_id", id);
        json.WriteNumber("pad_type_id", padding.PadTypeId);
        json.WriteString("pad_token", vocabulary[pad]);
        json.WriteEndObject();
    }

    /// <summary>Copies a post-processor; <c>ids</c> of a template and the ids in <c>cls</c> and <c>sep</c> become the new ones.</summary>
    public static void WithNewIds(Utf8JsonWriter json, JsonElement element, Dictionary<int, int> newIds)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    json.WritePropertyName(property.Name);
                    bool ids = property.Name is "ids" or "cls" or "sep" && property.Value.ValueKind == JsonValueKind.Array;
                    if (!ids)
                    {
                        WithNewIds(json, property.Value, newIds);
                        continue;
                    }
                    json.WriteStartArray();
                    foreach (JsonElement item in property.Value.EnumerateArray())
                    {
                        if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int old) && newIds.TryGetValue(old, out int id)) json.WriteNumberValue(id); else item.WriteTo(json);
                    }
                    json.WriteEndArray();
                }
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray()) WithNewIds(json, item, newIds);
                json.WriteEndArray();
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }

    private static void Pattern(Utf8JsonWriter json, string kind, string pattern)
    {
        json.WriteStartObject("pattern");
        json.WriteString(kind, pattern);
        json.WriteEndObject();
    }
}
