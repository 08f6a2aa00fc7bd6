using System.Globalization;
using System.Text;

namespace LlmRec.Quality;

/// <summary>A journal as a picture: a panel a data set, a bar a model, the library's own rankers and the floors in other colours. Colours and shapes hold on light and dark pages.</summary>
internal static class BenchmarkPicture
{
    private const double Wide = 560, Row = 19, Names = 236, Head = 26, Gap = 18;
    private const int Own = 0, Classical = 1, Floor = 2;

    private const string Style = """
        <style>
        text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#24292f}text.tick,text.axis{fill:#57606a;font-size:11px}text.head{font-size:14px;font-weight:600}
        .grid{stroke:#d0d7de;stroke-width:1}.fill.s0{fill:#0f7b6c}.fill.s1{fill:#7d8fb3}.fill.s2{fill:#c9b48a}.paper{fill:#fff}
        @media(prefers-color-scheme:dark){text{fill:#e6edf3}text.tick,text.axis{fill:#9198a1}.grid{stroke:#3d444d}.fill.s0{fill:#3fb8a3}.fill.s1{fill:#8f9fc4}.fill.s2{fill:#a8946a}.paper{fill:#0d1117}}
        </style>
        """;

    /// <summary>The picture as SVG; empty when the journal has no reported row.</summary>
    public static string Of(IReadOnlyList<BenchmarkLine> lines)
    {
        (string Name, BenchmarkLine[] Rows)[] panels = [.. BenchmarkData.Names.Select(d => (d, BenchmarkPage.Rows(lines, d))).Where(p => p.Item2.Length > 0)];
        if (panels.Length == 0) return "";
        var body = new StringBuilder();
        double[] ends = [0, 0];   // two columns, each panel where there is more room
        foreach ((string name, BenchmarkLine[] rows) in panels)
        {
            int column = ends[0] <= ends[1] ? 0 : 1;
            double x = column * (Wide + Gap), y = ends[column], tall = 60 + Row * rows.Length;
            body.Append(CultureInfo.InvariantCulture, $"<text class=\"head\" x=\"{x + 12}\" y=\"{y + 18}\">{SvgChart.Escape(BenchmarkPage.Title(name))}</text>\n");
            var chart = new SvgChart(name, Wide, tall, Names, SvgChart.Range(rows.Select(r => r.Ndcg * 1.12), fromZero: true), (0, rows.Length)).HorizontalAxis(FormattableString.Invariant($"NDCG@{BenchmarkPage.Cutoff(name)}"));
            for (int i = 0; i < rows.Length; i++)
            {
                double at = rows.Length - i - 0.5;
                int kind = BenchmarkRun.Heads.Contains(rows[i].Model) ? Own : rows[i].Model is "Random" || rows[i].Model.StartsWith("Popular", StringComparison.Ordinal) ? Floor : Classical;
                string value = rows[i].Ndcg.ToString("0.0000", CultureInfo.InvariantCulture);
                chart.RowLabel(at, rows[i].Model).Bar(kind, 0, rows[i].Ndcg, at - 0.36, at + 0.36, $"{rows[i].Model}, {rows[i].Options}: {value}").ValueLabel(rows[i].Ndcg, at, value);
            }
            body.Append(chart.ToString().Replace("<svg ", string.Create(CultureInfo.InvariantCulture, $"<svg x=\"{x}\" y=\"{y + Head}\" width=\"{Wide}\" height=\"{tall}\" "), StringComparison.Ordinal));
            ends[column] += Head + tall + Gap;
        }
        double width = ends[1] > 0 ? 2 * Wide + Gap : Wide, height = Math.Max(ends[0], ends[1]);
        return string.Create(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n{Style}\n<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n");
    }
}
