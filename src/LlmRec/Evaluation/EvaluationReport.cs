using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>What an evaluation found: a row a model, a column a metric, and what one should know before believing it.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed partial class EvaluationReport
{
    internal EvaluationReport(DataSplit split, EvaluationOptions options, EvaluationCases cases, IReadOnlyList<ModelResult> results, int[] targetPopularity, IReadOnlyList<string> modelNotes)
    {
        Split = split;
        Options = options;
        Metrics = options.Metrics;
        Cases = cases;
        TargetPopularity = targetPopularity;
        Metric first = Metrics[0];
        Models = [.. results
            .Select((r, i) => (Result: r, Place: i))
            .OrderByDescending(x => x.Result.Values[0].Value is { } v ? (first.HigherIsBetter == false ? -v : v) : double.NegativeInfinity)
            .ThenBy(x => x.Place)
            .Select(x => x.Result)];
        Notes = [.. Describe(), .. modelNotes];
    }

    /// <summary>The split.</summary>
    public DataSplit Split { get; }

    /// <summary>How it was evaluated.</summary>
    public EvaluationOptions Options { get; }

    /// <summary>The metrics, in the order of <see cref="ModelResult.Values"/>.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>The models, best first by the first metric.</summary>
    public IReadOnlyList<ModelResult> Models { get; }

    /// <summary>Number of users evaluated.</summary>
    public int Users => Cases.Users.Length;

    /// <summary>Who and what was left out, and what had to be corrected in the models' lists, in words.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Leakage findings of the split.</summary>
    public IReadOnlyList<LeakageWarning> Warnings => Split.Warnings;

    internal EvaluationCases Cases { get; }

    /// <summary>Of each user, the mean training count of the targets, rounded.</summary>
    internal int[] TargetPopularity { get; }

    /// <summary>The result of a model.</summary>
    /// <exception cref="KeyNotFoundException">No model has this name.</exception>
    public ModelResult this[string model] =>
        Models.FirstOrDefault(m => m.Name == model) ?? throw new KeyNotFoundException($"no model is called '{model}'; there are {string.Join(", ", Models.Select(m => $"'{m.Name}'"))}");

    /// <summary>A model's value of a metric.</summary>
    /// <exception cref="KeyNotFoundException">No model or no metric has this name.</exception>
    public MetricValue this[string model, string metric]
    {
        get
        {
            for (int i = 0; i < Metrics.Count; i++)
                if (Metrics[i].Name == metric) return this[model].Values[i];
            throw new KeyNotFoundException($"no metric is called '{metric}'; there are {string.Join(", ", Metrics.Select(m => $"'{m.Name}'"))}");
        }
    }

    /// <summary>The table: the first metric with its interval, then the others.</summary>
    public ReportTable ToReportTable()
    {
        bool intervals = Options.BootstrapSamples > 0 && Metrics[0].OfUser is not null;
        List<string> columns = ["Model", Metrics[0].Name];
        if (intervals) columns.Add(string.Create(CultureInfo.InvariantCulture, $"{Options.Confidence * 100:0.#} % interval"));
        columns.AddRange(Metrics.Skip(1).Select(m => m.Name));
        bool fits = Models.Any(m => m.FitTime is not null);
        if (fits) columns.Add("fit s");
        columns.Add("ms/user");
        var table = new ReportTable(columns);
        foreach (ModelResult m in Models)
        {
            List<string> cells = [m.Name, Format(m.Values[0].Value)];
            if (intervals) cells.Add(m.Values[0] is { Low: { } low, High: { } high } ? $"{Format(low)} – {Format(high)}" : "–");
            cells.AddRange(m.Values.Skip(1).Select(v => Format(v.Value)));
            if (fits) cells.Add(m.FitTime is { } fit ? fit.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) : "–");
            cells.Add(m.TimePerUser.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture));
            table.Add(cells);
        }
        return table;
    }

    /// <summary>Plain text for a console: what was evaluated, the table, warnings and notes.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(Heading()).Append("\n\n").Append(ToReportTable()).Append('\n');
        foreach (LeakageWarning w in Warnings) text.Append(w).Append('\n');
        foreach (string note in Notes) text.Append(note).Append('\n');
        return text.ToString();
    }

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    internal string Heading() => string.Create(CultureInfo.InvariantCulture,
        $"Split: {Split.Name}. {Split.Description} {Users:N0} users, {Split.Items.Count:N0} items, all ranked{(Options.ExcludeSeen ? " except those of the user's history" : "")}.");

    internal static string Format(double? value) => value switch
    {
        null => "–",
        { } v when Math.Abs(v) >= 100 => v.ToString("0.0", CultureInfo.InvariantCulture),
        { } v when Math.Abs(v) >= 10 => v.ToString("0.00", CultureInfo.InvariantCulture),
        { } v => v.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    private IEnumerable<string> Describe()
    {
        string Number(int n, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {(n == 1 ? one : many)}");
        string target = Options.Phase == EvaluationPhase.Test ? "test" : "validation";
        if (Cases.UsersWithoutTarget > 0) yield return Number(Cases.UsersWithoutTarget, "user has", "users have") + $" no {target} event and were left out.";
        if (Cases.UsersWithoutRelevant > 0) yield return Number(Cases.UsersWithoutRelevant, "user has", "users have") + " no relevant target that can be ranked and were left out.";
        if (Cases.UsersWithoutHistory > 0) yield return Number(Cases.UsersWithoutHistory, "user has", "users have") + $" fewer than {Options.MinimumHistory} history events and were left out.";
        if (Cases.TargetsNotRanked > 0) yield return Number(Cases.TargetsNotRanked, "target is", "targets are") + " not among the items ranked and were left out.";
        if (Cases.TargetsSeen > 0) yield return Number(Cases.TargetsSeen, "target was", "targets were") + " already in the user's history, cannot be recommended while seen items are excluded, and were left out.";
        if (Cases.TargetsIrrelevant > 0) yield return Number(Cases.TargetsIrrelevant, "target has", "targets have") + " too small a value to be relevant and were left out.";
    }
}
