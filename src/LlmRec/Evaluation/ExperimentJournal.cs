using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmRec;

/// <summary>Finished trials, one JSON object a line; a line cut short by a crash is ignored.</summary>
internal sealed class ExperimentJournal
{
    private readonly string? _path;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (double? Value, TimeSpan Time, string? Error)> _known = new(StringComparer.Ordinal);

    public ExperimentJournal(string? path)
    {
        _path = path is null ? null : Path.GetFullPath(path);
        if (_path is null) return;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        if (!File.Exists(_path)) return;
        foreach (string line in File.ReadLines(_path))
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(line);
                JsonElement e = json.RootElement;
                JsonElement value = e.GetProperty("value"), error = e.GetProperty("error");
                _known[e.GetProperty("key").GetString()!] = (value.ValueKind == JsonValueKind.Null ? null : value.GetDouble(), TimeSpan.FromSeconds(e.GetProperty("seconds").GetDouble()), error.GetString());
            }
            catch (Exception ex) when (ex is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
            {
                // a line that was being written when the process ended: the trial is done again
            }
        }
        byte[] end = File.ReadAllBytes(_path);
        if (end.Length > 0 && end[^1] != (byte)'\n') File.AppendAllText(_path, "\n");
    }

    public bool TryGet(string key, out (double? Value, TimeSpan Time, string? Error) found)
    {
        lock (_lock) return _known.TryGetValue(key, out found);
    }

    public void Add(string key, string split, ExperimentTrial trial)
    {
        if (_path is null) return;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("split", split);
            json.WriteString("model", trial.Model);
            json.WriteNumber("trial", trial.Number);
            json.WriteStartObject("parameters");
            foreach ((string name, double v) in trial.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal)) json.WriteNumber(name, v);
            json.WriteEndObject();
            if (trial.Value is { } value) json.WriteNumber("value", value);
            else json.WriteNull("value");
            json.WriteNumber("seconds", trial.Time.TotalSeconds);
            json.WriteString("error", trial.Error);
            json.WriteEndObject();
        }
        lock (_lock) File.AppendAllText(_path, Encoding.UTF8.GetString(stream.ToArray()) + "\n");
    }

    /// <summary>What a trial depends on: the data and its parting, the recipe's name, the parameters, the seed and the way of measuring.</summary>
    public static string Key(DataSplit split, string recipe, IReadOnlyDictionary<string, double> parameters, int seed, EvaluationOptions options)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{split.Fingerprint:x16}|{recipe}|{seed}|{options.Metrics[0].Name}|{options.ExcludeSeen}|{options.MinimumHistory}|{options.RelevantFrom}|{options.GradeByValue}");
        foreach ((string name, double v) in parameters.OrderBy(p => p.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"|{name}={v:R}");
        return text.ToString();
    }
}
