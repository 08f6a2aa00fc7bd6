using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>The pictures of an evaluation report. A model keeps its colour and shape in all of them.</summary>
internal static class ReportPictures
{
    /// <summary>Width of a picture: that of a column of the page, so that letters keep their size.</summary>
    private const double Wide = 520;

    public static string Figure(string title, string caption, string svg, string legend = "") =>
        $"<figure>\n<h3>{SvgChart.Escape(title)}</h3>\n{svg}{legend}<figcaption>{SvgChart.Escape(caption)}</figcaption>\n</figure>\n";

    public static string Legend(IReadOnlyList<string> names)
    {
        var html = new StringBuilder("<p class=\"legend\">");
        for (int i = 0; i < names.Count; i++)
            html.Append(CultureInfo.InvariantCulture, $"<span><svg viewBox=\"0 0 26 12\" class=\"key\"><path class=\"line s{i % SvgChart.Series}\"{(i / 4 % 2 == 1 ? " stroke-dasharray=\"6 4\"" : "")} d=\"M1 6H25\"/>{Shape(i)}</svg>{SvgChart.Escape(names[i])}</span> ");
        return html.Append("</p>\n").ToString();
    }

    /// <summary>A dot a row, with the interval where there is one.</summary>
    public static string Intervals(string title, string label, IReadOnlyList<(string Name, double Value, double? Low, double? High, int Series)> rows)
    {
        var x = SvgChart.Range(rows.SelectMany(r => new[] { r.Value, r.Low ?? r.Value, r.High ?? r.Value }), fromZero: true);
        var chart = new SvgChart(title, Wide, 66 + 26 * rows.Count, LabelRoom(rows.Select(r => r.Name)), x, (0, rows.Count)).HorizontalAxis(label);
        for (int i = 0; i < rows.Count; i++)
        {
            (string name, double value, double? low, double? high, int series) = rows[i];
            double y = rows.Count - i - 0.5;
            chart.RowLabel(y, name);
            string tip = $"{name}: {EvaluationReport.Format(value)}";
            if (low is { } l && high is { } h)
            {
                chart.Interval(series, y, l, h);
                tip += $" ({EvaluationReport.Format(l)} – {EvaluationReport.Format(h)})";
            }
            chart.Mark(series, value, y, tip);
        }
        return chart.ToString();
    }

    /// <summary>A point a model, and the line of those that nobody beats in both directions.</summary>
    public static string Scatter(string title, string xLabel, string yLabel, IReadOnlyList<(string Name, double X, double Y, int Series)> points)
    {
        var x = Widen(SvgChart.Range(points.Select(p => p.X)));
        var y = Widen(SvgChart.Range(points.Select(p => p.Y)));
        var chart = new SvgChart(title, Wide, 330, 60, x, y).HorizontalAxis(xLabel).VerticalAxis(yLabel);
        var front = points.Where(p => !points.Any(q => q.X >= p.X && q.Y >= p.Y && (q.X > p.X || q.Y > p.Y))).OrderBy(p => p.X).ToList();
        if (front.Count > 1) chart.Guide(front.Select(p => (p.X, p.Y)));
        foreach (var p in points) chart.Mark(p.Series, p.X, p.Y, $"{p.Name}: {xLabel} {EvaluationReport.Format(p.X)}, {yLabel} {EvaluationReport.Format(p.Y)}");
        foreach (var p in points) chart.MarkLabel(p.X, p.Y, p.Name);
        return chart.ToString();

        static (double, double) Widen((double Low, double High) r) => (r.Low, r.High + (r.High - r.Low) * 0.04);
    }

    /// <summary>Lines with marks where they have few points.</summary>
    public static string Lines(string title, string xLabel, string yLabel, IReadOnlyList<ReportLine> lines, bool wholeX = false, bool fromZero = true)
    {
        (double X, double Y)[][] points = [.. lines.Select(l => l.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToArray())];
        var x = points.SelectMany(p => p).Select(p => p.X).DefaultIfEmpty(0).Aggregate((Low: double.PositiveInfinity, High: double.NegativeInfinity), (r, v) => (Math.Min(r.Low, v), Math.Max(r.High, v)));
        if (x.High <= x.Low) x = (x.Low - 0.5, x.Low + 0.5);
        var y = SvgChart.Range(points.SelectMany(p => p).Select(p => p.Y), fromZero);
        var chart = new SvgChart(title, Wide, 290, 60, x, y).HorizontalAxis(xLabel, wholeX).VerticalAxis(yLabel);
        for (int i = 0; i < points.Length; i++)
        {
            if (points[i].Length > 1) chart.Line(i, points[i], lines[i].Name);
            if (points[i].Length <= 12)
                foreach (var p in points[i]) chart.Mark(i, p.X, p.Y, $"{lines[i].Name}: {EvaluationReport.Format(p.Y)}");
        }
        return chart.ToString();
    }

    /// <summary>A bar a row, to the right above 0 and to the left below.</summary>
    public static string Bars(string title, string label, IReadOnlyList<(string Name, double Value, int Series)> rows)
    {
        var x = SvgChart.Range(rows.Select(r => r.Value).Append(0), fromZero: true);
        var chart = new SvgChart(title, Wide, 66 + 26 * rows.Count, LabelRoom(rows.Select(r => r.Name)), (x.Low - (x.Low < 0 ? 0.12 * (x.High - x.Low) : 0), x.High + 0.12 * (x.High - x.Low)), (0, rows.Count)).HorizontalAxis(label);
        for (int i = 0; i < rows.Count; i++)
        {
            double y = rows.Count - i - 0.5;
            chart.RowLabel(y, rows[i].Name)
                .Bar(rows[i].Series, 0, rows[i].Value, y - 0.32, y + 0.32, $"{rows[i].Name}: {EvaluationReport.Format(rows[i].Value)}")
                .ValueLabel(rows[i].Value, y, EvaluationReport.Format(rows[i].Value), rows[i].Value < 0);
        }
        return chart.ToString();
    }

    /// <summary>For each segment a group of marks, one a model, joined by lines.</summary>
    public static string Segments(string title, string label, string yLabel, IReadOnlyList<string> segments, IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> models)
    {
        var y = SvgChart.Range(models.SelectMany(m => m.Values).Where(v => v is not null).Select(v => v!.Value), fromZero: true);
        var chart = new SvgChart(title, Wide, 290, 60, (-0.5, Math.Max(segments.Count, 1) - 0.5), y).VerticalAxis(yLabel).AxisName(label);
        for (int s = 0; s < segments.Count; s++) chart.ColumnLabel(s, segments[s], (Wide - 84) / segments.Count);
        for (int m = 0; m < models.Count; m++)
        {
            (double X, double Y)[] points = [.. models[m].Values.Select((v, s) => (X: (double)s, Y: v)).Where(p => p.Y is not null).Select(p => (p.X, p.Y!.Value))];
            if (points.Length > 1) chart.Line(m, points, models[m].Name);
            foreach (var p in points) chart.Mark(m, p.X, p.Y, $"{models[m].Name}, {segments[(int)p.X]}: {EvaluationReport.Format(p.Y)}");
        }
        return chart.ToString();
    }

    private static string Shape(int i) => (i % 4) switch
    {
        0 => $"<circle class=\"fill s{i % SvgChart.Series}\" cx=\"13\" cy=\"6\" r=\"4.5\"/>",
        1 => $"<path class=\"fill s{i % SvgChart.Series}\" d=\"M9 2H17V10H9Z\"/>",
        2 => $"<path class=\"fill s{i % SvgChart.Series}\" d=\"M13 1L18 10.5H8Z\"/>",
        _ => $"<path class=\"fill s{i % SvgChart.Series}\" d=\"M13 0.5L18.5 6L13 11.5L7.5 6Z\"/>",
    };

    private static double LabelRoom(IEnumerable<string> names) => Math.Clamp(24 + 6.8 * names.Max(n => n.Length), 70, 225);
}
