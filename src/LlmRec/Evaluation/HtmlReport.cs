using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>The page of an <see cref="EvaluationReport"/>.</summary>
internal sealed class HtmlReport(EvaluationReport report, string title, IReadOnlyList<ReportCurve> curves)
{
    private const string Style = """
        :root{color-scheme:light dark;--bg:#fff;--ink:#1b1f24;--soft:#57606a;--rule:#d0d7de;--note:#f6f8fa;--warn:#fff1e5;--warnink:#8a2c00;
        --s0:#0072b2;--s1:#c45200;--s2:#007a5a;--s3:#a8437f;--s4:#8a6d00;--s5:#5b4fb5;--s6:#6b6b6b;--s7:#c0303f}
        @media (prefers-color-scheme:dark){:root{--bg:#14171c;--ink:#e6e9ee;--soft:#a3adb9;--rule:#333b45;--note:#1c2128;--warn:#3a2313;--warnink:#ffb088;
        --s0:#56b4e9;--s1:#f2883d;--s2:#2fc79a;--s3:#e08fbe;--s4:#e0c341;--s5:#aaa0f5;--s6:#b4b4b4;--s7:#ff8a8a}}
        body{background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",sans-serif;max-width:1080px;margin:0 auto;padding:24px 20px 60px}
        h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:36px 0 8px}h3{font-size:15px;margin:0 0 6px}
        p,li,figcaption{max-width:75ch}figcaption,.soft{color:var(--soft);font-size:13px}
        .warn,.note{border-left:4px solid var(--rule);background:var(--note);padding:8px 12px;margin:8px 0;max-width:90ch}.warn{border-color:var(--warnink);background:var(--warn);color:var(--warnink)}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}
        th,td{padding:5px 10px;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}th:first-child,td:first-child{text-align:left;max-width:280px;overflow:hidden;text-overflow:ellipsis;position:sticky;left:0;background:var(--bg)}
        td small{display:block;color:var(--soft);font-size:11px}.best{font-weight:700}
        .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,500px),1fr));gap:28px 24px}figure{margin:0;min-width:0}
        svg{width:100%;height:auto;display:block}svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:var(--ink)}svg text.tick{fill:var(--soft);font-size:11px}svg text.axis{fill:var(--soft)}
        .grid{stroke:var(--rule);stroke-width:1}.guide{fill:none;stroke:var(--soft);stroke-width:1.2;stroke-dasharray:3 4}.line{fill:none;stroke-width:2}.fill{stroke:var(--bg);stroke-width:.8}
        .line.s0{stroke:var(--s0)}.line.s1{stroke:var(--s1)}.line.s2{stroke:var(--s2)}.line.s3{stroke:var(--s3)}.line.s4{stroke:var(--s4)}.line.s5{stroke:var(--s5)}.line.s6{stroke:var(--s6)}.line.s7{stroke:var(--s7)}
        .fill.s0{fill:var(--s0)}.fill.s1{fill:var(--s1)}.fill.s2{fill:var(--s2)}.fill.s3{fill:var(--s3)}.fill.s4{fill:var(--s4)}.fill.s5{fill:var(--s5)}.fill.s6{fill:var(--s6)}.fill.s7{fill:var(--s7)}
        .legend{font-size:13px;margin:2px 0 4px}.legend span{margin-right:14px;white-space:nowrap}.key{width:26px;height:12px;display:inline-block;vertical-align:-1px;margin-right:5px}
        """;

    private readonly Dictionary<string, int> _series = report.Models.Select((m, i) => (m.Name, i)).ToDictionary(x => x.Name, x => x.i, StringComparer.Ordinal);

    public override string ToString()
    {
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>")
            .Append(E(title)).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n<h1>").Append(E(title)).Append("</h1>\n<p class=\"soft\">").Append(E(report.Heading())).Append("</p>\n");
        foreach (LeakageWarning w in report.Warnings)
            html.Append(w.IsSevere ? "<p class=\"warn\">" : "<p class=\"note\">").Append(E(w.ToString())).Append("</p>\n");
        html.Append("<h2>Models</h2>\n").Append(MainTable());
        html.Append("<h2>Pictures</h2>\n<div class=\"figures\">\n").Append(Pictures()).Append("</div>\n");
        if (report.Comparisons() is { Count: > 0 } comparisons)
            html.Append("<h2>Is the difference chance?</h2>\n").Append(Table(EvaluationReport.ComparisonTable(comparisons)))
                .Append("<p class=\"soft\">Mean difference per user, with a paired bootstrap interval, Student's paired test and Wilcoxon's signed-rank test (zeros after Pratt). Among many comparisons some p is small by chance.</p>\n");
        if (report.Options.UserGroup is not null)
        {
            UserSegment[] groups = [.. report.Segments().Where(s => s.Kind == "user group")];
            var table = new ReportTable(["User group", "users", .. report.Models.Select(m => m.Name)]);
            foreach (UserSegment s in groups) table.Add([s.Name, s.Users.ToString("N0", CultureInfo.InvariantCulture), .. s.Values.Select(EvaluationReport.Format)]);
            html.Append("<h2>User groups</h2>\n").Append(Table(table));
        }
        if (report.Models[0].Picture.ItemGroups is { Names: var groupNames, Wanted: var wanted })
        {
            var table = new ReportTable(["Item group", "wanted", .. report.Models.Select(m => m.Name)]);
            for (int g = 0; g < groupNames.Count; g++)
                table.Add([groupNames[g], EvaluationReport.Format(wanted?[g]), .. report.Models.Select(m => EvaluationReport.Format(m.Picture.ItemGroups!.Value.Exposure?[g]))]);
            html.Append("<h2>Item groups</h2>\n").Append(Table(table)).Append("<p class=\"soft\">Share of the attention, rank r weighing 1 / log2(r + 1), beside the group's share of what the users then chose.</p>\n");
        }
        html.Append("<h2>What the columns mean</h2>\n<ul>\n");
        foreach (Metric m in report.Metrics)
            html.Append("<li><b>").Append(E(m.Name)).Append("</b>: ").Append(E(m.Description)).Append(m.HigherIsBetter switch { true => "; more is better", false => "; less is better", null => "" }).Append("</li>\n");
        html.Append("</ul>\n");
        if (report.Notes.Count > 0)
        {
            html.Append("<h2>Notes</h2>\n<ul>\n");
            foreach (string note in report.Notes) html.Append("<li>").Append(E(note)).Append("</li>\n");
            html.Append("</ul>\n");
        }
        return html.Append("</body>\n</html>\n").ToString();
    }

    private string MainTable()
    {
        var html = new StringBuilder("<div class=\"scroll\"><table>\n<thead><tr><th>Model</th>");
        foreach (Metric m in report.Metrics) html.Append("<th title=\"").Append(E(m.Description)).Append("\">").Append(E(m.Name)).Append("</th>");
        html.Append("<th>ms/user</th></tr></thead>\n<tbody>\n");
        double?[] best = [.. report.Metrics.Select((m, i) => m.HigherIsBetter switch { true => report.Models.Max(r => r.Values[i].Value), false => report.Models.Min(r => r.Values[i].Value), null => null })];
        foreach (ModelResult model in report.Models)
        {
            html.Append("<tr><td title=\"").Append(E(model.Name)).Append("\">").Append(E(model.Name)).Append("</td>");
            for (int i = 0; i < report.Metrics.Count; i++)
            {
                MetricValue v = model.Values[i];
                html.Append(v.Value is not null && v.Value == best[i] ? "<td class=\"best\">" : "<td>").Append(EvaluationReport.Format(v.Value));
                if (v is { Low: { } low, High: { } high }) html.Append("<small>").Append(EvaluationReport.Format(low)).Append(" – ").Append(EvaluationReport.Format(high)).Append("</small>");
                html.Append("</td>");
            }
            html.Append("<td>").Append(model.TimePerUser.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture)).Append("</td></tr>\n");
        }
        return html.Append("</tbody></table></div>\n").Append(Interval()).ToString();
    }

    private string Interval() => report.Options.BootstrapSamples == 0 ? "" :
        string.Create(CultureInfo.InvariantCulture, $"<p class=\"soft\">Small figures: {report.Options.Confidence * 100:0.#} % bootstrap interval over users ({report.Options.BootstrapSamples:N0} samples). Bold: best of the column.</p>\n");

    private string Pictures()
    {
        var html = new StringBuilder();
        string[] names = [.. report.Models.Select(m => m.Name)];
        string legend = ReportPictures.Legend(names);
        int first = report.Metrics.Select((m, i) => (m, i)).FirstOrDefault(x => x.m.OfUser is not null, (null!, -1)).Item2;
        string quality = first < 0 ? report.Metrics[0].Name : report.Metrics[first].Name;
        double?[] values = [.. report.Models.Select(m => m.Values[Math.Max(first, 0)].Value)];

        html.Append(ReportPictures.Figure(quality, "Mean over users, with the bootstrap interval. Where intervals overlap, see the paired tests below.",
            ReportPictures.Intervals(quality, quality, [.. report.Models.Where(m => m.Values[Math.Max(first, 0)].Value is not null).Select(m => (m.Name, m.Values[Math.Max(first, 0)].Value!.Value, m.Values[Math.Max(first, 0)].Low, m.Values[Math.Max(first, 0)].High, _series[m.Name]))])));
        Pareto("Accuracy against variety", "Mean distance inside a list", "Up and to the right is better; the dotted line joins the models that none beats in both.", p => p.Distance);
        Pareto("Accuracy against coverage", "Share of the items shown to anybody", "A model that shows the same few items to everybody stands at the left.", p => p.Coverage);

        var byLength = report.Models.Select(m => new ReportLine(m.Name, [.. m.Picture.NdcgByCutoff.Select((v, k) => ((double)(k + 1), v))])).ToList();
        html.Append(ReportPictures.Figure("NDCG by length of the list", "Whether an order of models depends on where the list is cut.", ReportPictures.Lines("NDCG by length of the list", "length of the list k", "NDCG@k", byLength, wholeX: true), legend));
        if (first >= 0 && report.Segments(quality) is { Count: > 0 } segments)
            foreach (var kind in segments.GroupBy(s => s.Kind))
                html.Append(ReportPictures.Figure($"{quality} by {kind.Key}", string.Create(CultureInfo.InvariantCulture, $"Each part on its own. Users: {string.Join(", ", kind.Select(s => $"{s.Name}: {s.Users:N0}"))}."),
                    ReportPictures.Segments($"{quality} by {kind.Key}", kind.Key, quality, [.. kind.Select(s => s.Name)], [.. names.Select((n, m) => (n, (IReadOnlyList<double?>)[.. kind.Select(s => s.Values[m])]))]),
                    legend));
        var lift = report.Models.Where(m => m.Picture.PopularityLift is not null).Select(m => (m.Name, m.Picture.PopularityLift!.Value, _series[m.Name])).ToList();
        if (lift.Count > 0)
            html.Append(ReportPictures.Figure("Popularity lift", "How much more popular the lists are than what the users had chosen before: 0 = as popular, 1 = twice.", ReportPictures.Bars("Popularity lift", "lists over histories, minus 1", lift)));
        html.Append(ReportPictures.Figure("Concentration of exposure", "Share of all places in lists that the most shown items take; a steep start means that few items are shown.",
            ReportPictures.Lines("Concentration of exposure", "share of the items, most shown first", "share of the exposure", [.. report.Models.Select(m => new ReportLine(m.Name, m.Picture.Concentration))]), legend));
        foreach (ReportCurve c in curves)
            html.Append(ReportPictures.Figure(c.Title, "", ReportPictures.Lines(c.Title, c.XLabel, c.YLabel, c.Lines, fromZero: false), ReportPictures.Legend([.. c.Lines.Select(l => l.Name)])));
        return html.ToString();

        void Pareto(string heading, string xLabel, string caption, Func<ModelPicture, double?> x)
        {
            var points = new List<(string, double, double, int)>();
            for (int m = 0; m < names.Length; m++)
                if (x(report.Models[m].Picture) is { } px && values[m] is { } py) points.Add((names[m], px, py, m));
            if (points.Count > 1) html.Append(ReportPictures.Figure(heading, caption, ReportPictures.Scatter(heading, xLabel, quality, points)));
        }
    }

    private static string Table(ReportTable table)
    {
        var html = new StringBuilder("<div class=\"scroll\"><table>\n<thead><tr>");
        foreach (string c in table.Columns) html.Append("<th>").Append(E(c)).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            html.Append("<tr>");
            foreach (string cell in row) html.Append("<td>").Append(E(cell)).Append("</td>");
            html.Append("</tr>\n");
        }
        return html.Append("</tbody></table></div>\n").ToString();
    }

    private static string E(string text) => SvgChart.Escape(text);
}
