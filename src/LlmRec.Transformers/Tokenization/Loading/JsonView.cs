using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>A JSON value with its path, so that every complaint says where.</summary>
/// <param name="Value">The value.</param>
/// <param name="Path">Its path, such as <c>$.model.vocab</c>.</param>
/// <param name="File">The file, for messages.</param>
internal readonly record struct JsonView(JsonElement Value, string Path, string File)
{
    public InvalidDataException Error(string what) => new($"{File}: {Path}: {what}");

    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>The <c>type</c> of a component.</summary>
    public string Type => Text("type");

    /// <summary>A property; a missing one is null.</summary>
    public JsonView this[string name] =>
        new(Value.ValueKind != JsonValueKind.Object ? throw Error($"an object is expected, found {Kind}")
            : Value.TryGetProperty(name, out JsonElement found) ? found : default, $"{Path}.{name}", File);

    public string Kind => Value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        _ => "a number",
    };

    /// <summary>The members of an array; null has none.</summary>
    public IEnumerable<JsonView> Items()
    {
        if (IsNull) yield break;
        if (Value.ValueKind != JsonValueKind.Array) throw Error($"an array is expected, found {Kind}");
        int i = 0;
        foreach (JsonElement item in Value.EnumerateArray()) yield return new JsonView(item, $"{Path}[{i++}]", File);
    }

    public string AsText() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Error($"a string is expected, found {Kind}");

    public int AsCount() => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out int n) && n >= 0 ? n
        : throw Error($"a whole number from 0 to {int.MaxValue} is expected, found {(Value.ValueKind == JsonValueKind.Number ? "another number" : Kind)}");

    public string Text(string name) => this[name].AsText();

    public string? TextOrNull(string name) => this[name] is { IsNull: false } v ? v.AsText() : null;

    public int Count(string name) => this[name].AsCount();

    public int? CountOrNull(string name) => this[name] is { IsNull: false } v ? v.AsCount() : null;

    public bool Flag(string name) => FlagOrNull(name) ?? throw this[name].Error("a boolean is expected, found nothing");

    public bool Flag(string name, bool otherwise) => FlagOrNull(name) ?? otherwise;

    public bool? FlagOrNull(string name)
    {
        JsonView v = this[name];
        return v.Value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => throw v.Error($"a boolean is expected, found {v.Kind}"),
        };
    }

    public char Character(string name)
    {
        string text = Text(name);
        return text.Length == 1 ? text[0] : throw this[name].Error("one character is expected");
    }
}
