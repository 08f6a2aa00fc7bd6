using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmRec;

/// <summary>What an experiment found: a report a split, the trials behind it, and the means over splits.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class ExperimentReport
{
    private readonly IReadOnlyList<DataSplit> _splits;
    private readonly ExperimentOptions _options;

    internal ExperimentReport(IReadOnlyList<DataSplit> splits, ExperimentOptions options, IReadOnlyList<EvaluationReport> reports, IReadOnlyList<ExperimentTrial> trials)
    {
        _splits = splits;
        _options = options;
        Reports = reports;
        Trials = trials;
    }

    /// <summary>The test figures of each split, in the order of the splits.</summary>
    public IReadOnlyList<EvaluationReport> Reports { get; }

    /// <summary>All trials, by split, recipe and number.</summary>
    public IReadOnlyList<ExperimentTrial> Trials { get; }

    /// <summary>The trial that was chosen for a recipe on a split, or <see langword="null"/> when there was nothing to choose.</summary>
    /// <param name="model">Name of the recipe.</param>
    /// <param name="split">Place of the split, from 0.</param>
    public ExperimentTrial? Chosen(string model, int split = 0)
    {
        bool higher = _options.Evaluation.Metrics[0].HigherIsBetter!.Value;
        ExperimentTrial? best = null;
        foreach (ExperimentTrial t in Trials)
            if (t.Split == split && t.Model == model && t.Value is { } v && (best is null || (higher ? v > best.Value : v < best.Value))) best = t;
        return best;
    }

    /// <summary>Means over the splits, with the standard deviation between them where there are several.</summary>
    public ReportTable ToReportTable()
    {
        if (Reports.Count == 1) return Reports[0].ToReportTable();
        IReadOnlyList<Metric> metrics = _options.Evaluation.Metrics;
        var table = new ReportTable(["Model", .. metrics.Select(m => m.Name), "fit s"]);
        var rows = Reports[0].Models.Select(m => m.Name)
            .Select(name => (Name: name, Of: Reports.Select(r => r[name]).ToArray()))
            .OrderByDescending(r => Mean(r.Of.Select(x => x.Values[0].Value)) is { } v ? (metrics[0].HigherIsBetter == false ? -v : v) : double.NegativeInfinity)
            .ThenBy(r => r.Name, StringComparer.Ordinal);
        foreach ((string name, ModelResult[] of) in rows)
        {
            List<string> cells = [name];
            for (int i = 0; i < metrics.Count; i++)
            {
                double[] values = [.. of.Select(x => x.Values[i].Value).OfType<double>()];
                double mean = values.Length == 0 ? 0 : values.Average();
                cells.Add(values.Length == 0 ? "–" : values.Length == 1 ? EvaluationReport.Format(mean)
                    : $"{EvaluationReport.Format(mean)} ± {EvaluationReport.Format(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)))}");
            }
            cells.Add(Mean(of.Select(x => x.FitTime?.TotalSeconds)) is { } fit ? fit.ToString("0.00", CultureInfo.InvariantCulture) : "–");
            table.Add(cells);
        }
        return table;
    }

    /// <summary>The best validation figure so far, by trial: one line a recipe that searched.</summary>
    /// <param name="split">Place of the split, from 0.</param>
    public ReportCurve SearchCurve(int split = 0)
    {
        bool higher = _options.Evaluation.Metrics[0].HigherIsBetter!.Value;
        var lines = new List<ReportLine>();
        foreach (var recipe in Trials.Where(t => t.Split == split).GroupBy(t => t.Model))
        {
            double best = double.NaN;
            var points = new List<(double, double)>();
            foreach (ExperimentTrial t in recipe)
            {
                if (t.Value is { } v && (double.IsNaN(best) || (higher ? v > best : v < best))) best = v;
                if (!double.IsNaN(best)) points.Add((t.Number + 1, best));
            }
            lines.Add(new(recipe.Key, points));
        }
        string metric = _options.Evaluation.Metrics[0].Name;
        return new("Search on the validation", "trial", $"best {metric} so far", lines);
    }

    /// <summary>Plain text for a console: the means, each split when there are several, and the parameters chosen.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        if (Reports.Count > 1)
            text.Append(CultureInfo.InvariantCulture, $"Mean ± standard deviation over {Reports.Count} splits\n\n").Append(ToReportTable()).Append('\n');
        foreach (EvaluationReport r in Reports) text.Append(r.ToText()).Append('\n');
        foreach (string line in ChosenInWords()) text.Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>The same as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        if (Reports.Count > 1)
            text.Append(CultureInfo.InvariantCulture, $"Mean ± standard deviation over {Reports.Count} splits\n\n").Append(ToReportTable().ToMarkdown()).Append('\n');
        foreach (EvaluationReport r in Reports) text.Append(r.ToMarkdown()).Append('\n');
        foreach (string line in ChosenInWords()) text.Append("- ").Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>JSON of the reports and of all trials; numbers with all their digits, undefined values as null.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("reports");
            foreach (EvaluationReport r in Reports) r.WriteJson(json);
            json.WriteEndArray();
            json.WriteStartArray("trials");
            foreach (ExperimentTrial t in Trials)
            {
                json.WriteStartObject();
                json.WriteNumber("split", t.Split);
                json.WriteString("model", t.Model);
                json.WriteNumber("number", t.Number);
                json.WriteStartObject("parameters");
                foreach ((string name, double v) in t.Parameters) json.WriteNumber(name, v);
                json.WriteEndObject();
                if (t.Value is { } value) json.WriteNumber("value", value);
                else json.WriteNull("value");
                json.WriteNumber("seconds", t.Time.TotalSeconds);
                json.WriteString("error", t.Error);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    /// <summary>Writes one page a split: the given file for the first, "name-2.html" and so on for the others, each with the course of the search.</summary>
    /// <param name="path">File of the first page.</param>
    /// <param name="title">Heading of the pages.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>The files written.</returns>
    public async Task<IReadOnlyList<string>> WriteHtmlAsync(string path, string title = "Experiment", CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var written = new List<string>();
        for (int s = 0; s < Reports.Count; s++)
        {
            string file = s == 0 ? path : Path.ChangeExtension(path, null) + FormattableString.Invariant($"-{s + 1}") + Path.GetExtension(path);
            ReportCurve search = SearchCurve(s);
            await Reports[s].WriteHtmlAsync(file, Reports.Count == 1 ? title : $"{title}: {_splits[s].Name}", search.Lines.Count == 0 ? [] : [search], cancellationToken).ConfigureAwait(false);
            written.Add(file);
        }
        return written;
    }

    private IEnumerable<string> ChosenInWords()
    {
        for (int s = 0; s < Reports.Count; s++)
            foreach (string model in Trials.Where(t => t.Split == s).Select(t => t.Model).Distinct())
            {
                int failed = Trials.Count(t => t.Split == s && t.Model == model && t.Error is not null), all = Trials.Count(t => t.Split == s && t.Model == model);
                if (Chosen(model, s) is not { } best) continue;
                string values = string.Join(", ", best.Parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} = {p.Value:G6}")));
                yield return string.Create(CultureInfo.InvariantCulture, $"{model} on {_splits[s].Name}: {values}, chosen on the validation ({EvaluationReport.Format(best.Value)}) out of {all} trials{(failed > 0 ? $", {failed} of which failed" : "")}.");
            }
    }

    private static double? Mean(IEnumerable<double?> values) => values.Average();
}
