using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;

namespace LlmRec.Perf;

/// <summary>The figures of one run; what does not apply stays null and is left out of the line.</summary>
internal sealed class PerfResult
{
    /// <summary>The clock's figures.</summary>
    public required Timing Timing { get; init; }

    /// <summary>Bytes that one call must read at the least; gives GB/s.</summary>
    public double? Bytes { get; init; }

    /// <summary>Floating-point or integer operations of one call (a multiply-add counts two); gives GFLOP/s.</summary>
    public double? Operations { get; init; }

    /// <summary>Items (queries, rows, tokens) of one call; gives items per second and µs per item.</summary>
    public double? Items { get; init; }

    /// <summary>Share of the exact answer that was found, 0..1.</summary>
    public double? Recall { get; init; }

    /// <summary>Further figures, by name.</summary>
    public IReadOnlyList<(string Name, double Value)> More { get; init; } = [];

    /// <summary>One line of JSON: workload, options, figures, machine.</summary>
    public string ToJson(string workload, PerfArguments options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("workload", workload);
            foreach ((string name, string value) in options.Read)
            {
                if (double.TryParse(value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double number))
                    json.WriteNumber(name, number);
                else
                    json.WriteString(name, value);
            }
            json.WriteNumber("calls", Timing.Calls);
            Number(json, "median_ms", Timing.Median * 1e3);
            Number(json, "p10_ms", Timing.P10 * 1e3);
            Number(json, "p90_ms", Timing.P90 * 1e3);
            Number(json, "cpu_ms", Timing.Cpu * 1e3);
            Number(json, "gb_per_s", Bytes / Timing.Median / 1e9);
            Number(json, "gb_per_s_p10", Bytes / Timing.P10 / 1e9);
            Number(json, "gflop_per_s", Operations / Timing.Median / 1e9);
            Number(json, "gflop_per_s_p10", Operations / Timing.P10 / 1e9);
            Number(json, "items_per_s", Items / Timing.Median);
            Number(json, "us_per_item", Timing.Median * 1e6 / Items);
            Number(json, "recall", Recall);
            foreach ((string name, double value) in More)
                Number(json, name, value);
            json.WriteString("vector", Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : Vector128.IsHardwareAccelerated ? "128" : "scalar");
            json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } v && double.IsFinite(v))
            json.WriteNumber(name, v == 0 ? 0 : Math.Round(v, Math.Clamp(5 - (int)Math.Floor(Math.Log10(Math.Abs(v))), 0, 12)));
    }
}
