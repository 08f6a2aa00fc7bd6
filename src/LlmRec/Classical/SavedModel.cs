using System.Text.Json;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>What a model writes into its files: tensors, and options as names and values in JSON.</summary>
internal sealed class SavedModel
{
    private readonly SortedDictionary<string, object> _options = new(StringComparer.Ordinal);

    public SafeTensorsWriter Tensors { get; } = new();

    public void Set(string name, double value) => _options.Add(name, value);

    public void Set(string name, bool value) => _options.Add(name, value);

    public void Set(string name, string value) => _options.Add(name, value);

    public void Set(string name, double? value)
    {
        if (value is { } v) _options.Add(name, v);
    }

    public void WriteOptions(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach ((string name, object value) in _options)
        {
            switch (value)
            {
                case double d: json.WriteNumber(name, d); break;
                case bool b: json.WriteBoolean(name, b); break;
                default: json.WriteString(name, (string)value); break;
            }
        }
        json.WriteEndObject();
    }
}
