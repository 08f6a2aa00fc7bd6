using System.Globalization;
using System.Net;
using System.Text;

namespace LlmRec;

/// <summary>Draws what variety costs: two panels over the same NDCG axis.</summary>
internal static class ParetoPicture
{
    private const int Width = 960, Height = 400, Top = 40, Bottom = 340, Left = 60, PanelWidth = 300, Gap = 70;

    private static readonly string[] Colours = ["#1f6f8b", "#c2410c", "#2f7d32", "#7b3fa0", "#b58900", "#d02f6b", "#4d4d4d", "#0f9d92", "#6b4f2a", "#3557c9", "#9aa22b", "#e58ab0", "#8c8c8c", "#12304a"];

    public static string Draw(DiversityTuning tuning)
    {
        var all = tuning.Curves.Values.SelectMany(c => c).ToArray();
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        if (all.Length > 0)
        {
            Panel(svg, tuning, all, Left, "mean distance within the list", m => m.IntraListDistance);
            Panel(svg, tuning, all, Left + PanelWidth + Gap, "category entropy (nats)", m => m.CategoryEntropy);
        }
        int i = 0;
        foreach (string name in tuning.Curves.Keys)
        {
            int x = Left + 2 * PanelWidth + Gap + 20, y = Top + 10 + 20 * i;
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x}\" y1=\"{y}\" x2=\"{x + 18}\" y2=\"{y}\" stroke=\"{Colours[i % Colours.Length]}\" stroke-width=\"2\"/><text x=\"{x + 24}\" y=\"{y + 4}\">{WebUtility.HtmlEncode(name)}</text>\n");
            i++;
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(StringBuilder svg, DiversityTuning tuning, DiversityMeasurement[] all, int left, string title, Func<DiversityMeasurement, double> value)
    {
        double low = all.Min(value), high = all.Max(value), bottom = all.Min(m => m.Ndcg), top = all.Max(m => m.Ndcg);
        double X(double v) => left + PanelWidth * (high > low ? (v - low) / (high - low) : 0.5);
        double Y(double v) => Bottom - (Bottom - Top) * (top > bottom ? (v - bottom) / (top - bottom) : 0.5);
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left}\" y=\"{Top}\" width=\"{PanelWidth}\" height=\"{Bottom - Top}\" fill=\"none\" stroke=\"#999\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + PanelWidth / 2}\" y=\"{Bottom + 40}\" text-anchor=\"middle\">{title}</text><text x=\"{left}\" y=\"{Top - 12}\">NDCG</text>\n");
        for (int t = 0; t <= 4; t++)
        {
            double v = low + (high - low) * t / 4, n = bottom + (top - bottom) * t / 4;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(v):0.0}\" y=\"{Bottom + 18}\" text-anchor=\"middle\" fill=\"#555\">{v:0.00}</text><text x=\"{left - 6}\" y=\"{Y(n) + 4:0.0}\" text-anchor=\"end\" fill=\"#555\">{n:0.000}</text>\n");
        }
        double line = Y((1 - tuning.MostLoss) * tuning.Curves.Values.First()[0].Ndcg);
        if (line <= Bottom)
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{left}\" y1=\"{line:0.0}\" x2=\"{left + PanelWidth}\" y2=\"{line:0.0}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>\n");
        int i = 0;
        foreach ((string name, IReadOnlyList<DiversityMeasurement> curve) in tuning.Curves)
        {
            string colour = Colours[i++ % Colours.Length];
            string points = string.Join(' ', curve.Select(m => string.Create(CultureInfo.InvariantCulture, $"{X(value(m)):0.0},{Y(m.Ndcg):0.0}")));
            DiversityMeasurement best = tuning.Best[name];
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"/><circle cx=\"{X(value(best)):0.0}\" cy=\"{Y(best.Ndcg):0.0}\" r=\"4.5\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
        }
    }
}
