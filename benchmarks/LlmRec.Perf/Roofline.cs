using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmRec.Perf;

/// <summary>
/// Draws measured lines below the machine's two limits: operations a byte from left to right, operations a second upwards, both
/// logarithmic. Reads the JSON lines this program prints; a <c>stream</c> and a <c>peak</c> line must be among them. Only lines of
/// one thread are drawn.
/// </summary>
internal static class Roofline
{
    private const double Left = 70, Right = 880, Top = 40, Bottom = 500;
    private const double LeastIntensity = 0.25, MostIntensity = 256, LeastSpeed = 4, MostSpeed = 1024;

    public static void Draw(string lines, string svg)
    {
        JsonElement[] all = [.. File.ReadLines(lines).Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).Where(e => Number(e, "threads") == 1)];
        double bandwidth = all.Where(e => Text(e, "workload") == "stream").Max(e => Number(e, "gb_per_s"));
        double peak = all.Where(e => Text(e, "workload") == "peak").Max(e => Number(e, "gflop_per_s"));

        var s = new StringBuilder();
        s.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 560" font-family="sans-serif" font-size="13">""");
        s.AppendLine("""<rect width="960" height="560" fill="#ffffff"/>""");
        for (double x = LeastIntensity; x <= MostIntensity; x *= 2)
        {
            s.AppendLine(Line(X(x), Top, X(x), Bottom, "#e6e6e6", 1));
            s.AppendLine(Label(X(x), Bottom + 18, $"{x}", "middle", "#555555"));
        }
        for (double y = LeastSpeed; y <= MostSpeed; y *= 2)
        {
            s.AppendLine(Line(Left, Y(y), Right, Y(y), "#e6e6e6", 1));
            s.AppendLine(Label(Left - 8, Y(y) + 4, $"{y}", "end", "#555555"));
        }
        s.AppendLine(Label((Left + Right) / 2, Bottom + 42, $"operations for each byte that must be read", "middle", "#222222"));
        s.AppendLine(Label(Left, Top - 14, $"10⁹ operations a second, one thread", "start", "#222222"));

        double ridge = peak / bandwidth;
        s.AppendLine(Line(X(LeastIntensity), Y(LeastIntensity * bandwidth), X(MostSpeed / bandwidth), Y(MostSpeed), "#b04020", 2, ridge < MostIntensity ? "6 4" : ""));
        s.AppendLine(Line(X(LeastIntensity), Y(LeastIntensity * bandwidth), X(ridge), Y(peak), "#b04020", 3));
        s.AppendLine(Line(X(ridge), Y(peak), X(MostIntensity), Y(peak), "#b04020", 3));
        s.AppendLine(Label(X(1), Y(1.25 * bandwidth) - 4, $"memory: {bandwidth:0.0} GB/s", "end", "#b04020"));
        s.AppendLine(Label(Right, Y(peak) - 44, $"float32 multiply-adds: {peak:0} GFLOP/s", "end", "#b04020"));

        var taken = new List<(double X, double Y)>();
        foreach (JsonElement e in all)
        {
            double speed = Number(e, "gflop_per_s"), intensity = Intensity(e);
            if (!(intensity > 0) || Text(e, "workload") == "peak")
                continue;
            double x = X(Math.Clamp(intensity, LeastIntensity, MostIntensity)), y = Y(Math.Clamp(speed, LeastSpeed, MostSpeed)), above = y - 9;
            while (taken.Exists(t => Math.Abs(t.X - x) < 14 && Math.Abs(t.Y - above) < 13))
                above -= 13;
            taken.Add((x, above));
            // An integer scan may pass the float32 peak, not the memory.
            double roof = Text(e, "workload") == "scan" ? intensity * bandwidth : Math.Min(intensity * bandwidth, peak);
            s.AppendLine(CultureInfo.InvariantCulture, $"""<circle cx="{x:0.0}" cy="{y:0.0}" r="4.5" fill="#2060a0"/>""");
            s.AppendLine(Label(x, above, $"{taken.Count}", "middle", "#103050"));
            s.AppendLine(Label(X(5.2), Y(72) + taken.Count * 17, $"{taken.Count}  {Name(e)}: {speed:0} · 10⁹/s, {speed / roof:0.00} of its limit", "start", "#103050"));
        }
        s.AppendLine("</svg>");
        File.WriteAllText(svg, s.ToString());
    }

    // What must be read at the least: given by the line, or both sides and the result of a product once.
    private static double Intensity(JsonElement e)
    {
        double speed = Number(e, "gflop_per_s"), bytes = Number(e, "gb_per_s");
        if (bytes > 0)
            return speed / bytes;
        double m = Number(e, "m"), k = Number(e, "k"), n = Number(e, "n");
        return Text(e, "workload") == "gemm" ? 2 * m * k * n / ((m * k + m * n) * 4 + k * n * (Text(e, "weights") == "int8" ? 1 : 4)) : 0;
    }

    private static string Name(JsonElement e) => Text(e, "workload") switch
    {
        "scan" => $"scan of {Number(e, "n"):0} rows, {Text(e, "format")}",
        "many" => $"{Number(e, "queries"):0} queries, {Number(e, "n"):0} rows",
        "gemm" => $"product {Number(e, "m"):0} × {Number(e, "k"):0} × {Number(e, "n"):0}{(Text(e, "weights") == "int8" ? " int8" : "")}",
        var other => other,
    };

    private static double X(double intensity) => Left + (Right - Left) * Math.Log(intensity / LeastIntensity) / Math.Log(MostIntensity / LeastIntensity);

    private static double Y(double speed) => Bottom - (Bottom - Top) * Math.Log(speed / LeastSpeed) / Math.Log(MostSpeed / LeastSpeed);

    private static string Line(double x1, double y1, double x2, double y2, string colour, int width, string dashes = "") => string.Create(CultureInfo.InvariantCulture,
        $"""<line x1="{x1:0.0}" y1="{y1:0.0}" x2="{x2:0.0}" y2="{y2:0.0}" stroke="{colour}" stroke-width="{width}"{(dashes.Length > 0 ? $" stroke-dasharray=\"{dashes}\"" : "")}/>""");

    private static string Label(double x, double y, FormattableString text, string anchor, string colour) => string.Create(CultureInfo.InvariantCulture,
        $"""<text x="{x:0.0}" y="{y:0.0}" text-anchor="{anchor}" fill="{colour}">{FormattableString.Invariant(text)}</text>""");

    private static double Number(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : 0;

    private static string Text(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement v) && v.ValueKind == JsonValueKind.String ? v.GetString()! : "";
}
