using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmRec;

public sealed partial class EvaluationReport
{
    /// <summary>Markdown: what was evaluated, the table, comparisons, warnings and notes.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(Heading()).Append("\n\n").Append(ToReportTable().ToMarkdown()).Append('\n');
        if (Comparisons() is { Count: > 0 } comparisons) text.Append(ComparisonTable(comparisons).ToMarkdown()).Append('\n');
        foreach (LeakageWarning w in Warnings) text.Append("- ").Append(w).Append('\n');
        foreach (string note in Notes) text.Append("- ").Append(note).Append('\n');
        return text.ToString();
    }

    /// <summary>JSON of everything but the single users; numbers with all their digits, undefined values as null.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true })) WriteJson(json);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    internal void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("split");
        json.WriteString("name", Split.Name);
        json.WriteString("description", Split.Description);
        json.WriteNumber("items", Split.Items.Count);
        json.WriteNumber("train", Split.Count(EventRole.Train));
        json.WriteNumber("context", Split.Count(EventRole.Context));
        json.WriteNumber("validation", Split.Count(EventRole.Validation));
        json.WriteNumber("test", Split.Count(EventRole.Test));
        json.WriteEndObject();
        json.WriteString("phase", Options.Phase.ToString());
        json.WriteNumber("users", Users);
        json.WriteNumber("confidence", Options.Confidence);
        json.WriteNumber("bootstrapSamples", Options.BootstrapSamples);
        json.WriteNumber("seed", Options.Seed);
        json.WriteStartArray("models");
        foreach (ModelResult model in Models)
        {
            json.WriteStartObject();
            json.WriteString("name", model.Name);
            if (model.FitTime is { } fit) json.WriteNumber("fitSeconds", fit.TotalSeconds);
            json.WriteNumber("millisecondsPerUser", model.TimePerUser.TotalMilliseconds);
            json.WriteStartObject("metrics");
            for (int i = 0; i < Metrics.Count; i++)
            {
                MetricValue v = model.Values[i];
                json.WriteStartObject(Metrics[i].Name);
                Number("value", v.Value);
                Number("low", v.Low);
                Number("high", v.High);
                json.WriteNumber("users", v.Users);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("comparisons");
        foreach (ModelComparison c in Comparisons())
        {
            json.WriteStartObject();
            json.WriteString("first", c.First);
            json.WriteString("second", c.Second);
            json.WriteString("metric", c.Metric);
            json.WriteNumber("users", c.Users);
            Number("difference", c.Difference);
            Number("low", c.Low);
            Number("high", c.High);
            Number("studentP", c.StudentP);
            Number("wilcoxonP", c.WilcoxonP);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (LeakageWarning w in Warnings)
        {
            json.WriteStartObject();
            json.WriteString("kind", w.Kind.ToString());
            json.WriteBoolean("severe", w.IsSevere);
            json.WriteNumber("count", w.Count);
            json.WriteString("message", w.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (string note in Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();

        void Number(string name, double? value)
        {
            if (value is { } v) json.WriteNumber(name, v);
            else json.WriteNull(name);
        }
    }

    /// <summary>One self-contained page with pictures; nothing is loaded from elsewhere, and all text is escaped.</summary>
    /// <param name="title">Heading of the page.</param>
    /// <param name="curves">Further pictures, such as learning curves.</param>
    public string ToHtml(string title = "Evaluation", IReadOnlyList<ReportCurve>? curves = null) => new HtmlReport(this, title, curves ?? []).ToString();

    /// <summary>Writes <see cref="ToHtml"/> to a file: beside it first, then renamed, so that a page is never half there.</summary>
    /// <param name="path">The file; an existing one is replaced, missing folders are made.</param>
    /// <param name="title">Heading of the page.</param>
    /// <param name="curves">Further pictures, such as learning curves.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public async Task WriteHtmlAsync(string path, string title = "Evaluation", IReadOnlyList<ReportCurve>? curves = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path), beside = full + ".tmp";
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await File.WriteAllTextAsync(beside, ToHtml(title, curves), cancellationToken).ConfigureAwait(false);
        File.Move(beside, full, overwrite: true);
    }

    internal static ReportTable ComparisonTable(IReadOnlyList<ModelComparison> comparisons)
    {
        var table = new ReportTable($"{comparisons[0].First} minus", comparisons[0].Metric, "interval", "p (t test)", "p (Wilcoxon)", "users");
        foreach (ModelComparison c in comparisons)
            table.Add(c.Second, Format(c.Difference), c is { Low: { } l, High: { } h } ? $"{Format(l)} – {Format(h)}" : "–", P(c.StudentP), P(c.WilcoxonP), c.Users.ToString("N0", CultureInfo.InvariantCulture));
        return table;

        static string P(double? p) => p switch { null => "–", < 1e-4 => "< 0.0001", { } v => v.ToString("0.0000", CultureInfo.InvariantCulture) };
    }
}
