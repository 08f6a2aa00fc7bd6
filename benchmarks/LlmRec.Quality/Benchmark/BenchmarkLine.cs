using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LlmRec.Quality;

/// <summary>One figure of the journal: a model with options on a data set, chosen on validation events or reported. The fit is processor time over all threads, which does not hang on what else the machine does.</summary>
internal sealed record BenchmarkLine(string Data, string Model, string Options, string Phase, double Ndcg, double Hit, double FitCpuSeconds, double UserMicroseconds, double Megabytes)
{
    /// <summary>Reads a journal; a torn last line is passed over.</summary>
    public static List<BenchmarkLine> Read(string path)
    {
        var lines = new List<BenchmarkLine>();
        if (!File.Exists(path)) return lines;
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(line);
                JsonElement e = json.RootElement;
                string Text(string name) => e.GetProperty(name).GetString()!;
                double Number(string name) => e.TryGetProperty(name, out JsonElement v) ? v.GetDouble() : double.NaN;
                lines.Add(new(Text("data"), Text("model"), Text("options"), Text("phase"), Number("ndcg"), Number("hit"), Number("fit_cpu_s"), Number("user_us"), Number("mb")));
            }
            catch (JsonException)
            {
            }
        }
        return lines;
    }

    public override string ToString()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("data", Data);
            json.WriteString("model", Model);
            json.WriteString("options", Options);
            json.WriteString("phase", Phase);
            foreach ((string name, double value, int digits) in (ReadOnlySpan<(string, double, int)>)[("ndcg", Ndcg, 5), ("hit", Hit, 5), ("fit_cpu_s", FitCpuSeconds, 3), ("user_us", UserMicroseconds, 1), ("mb", Megabytes, 1)])
                if (double.IsFinite(value)) json.WriteNumber(name, Math.Round(value, digits));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
