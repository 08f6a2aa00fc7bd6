using System.Globalization;
using System.Net;
using System.Text;

namespace LlmRec;

/// <summary>A picture with two axes, written as SVG by hand. Colours are classes (s0 … s7) of the page, so that they suit light and dark; shapes differ too, for those who see no colours.</summary>
internal sealed class SvgChart
{
    public const int Series = 8;

    private readonly StringBuilder _svg = new();
    private readonly double _left, _right, _top, _bottom;
    private readonly List<(double X0, double Y0, double X1, double Y1)> _taken = [];

    /// <param name="title">What the picture shows, for those who hear it.</param>
    /// <param name="width">Width in units of the page.</param>
    /// <param name="height">Height.</param>
    /// <param name="left">Room for the labels of the vertical axis.</param>
    /// <param name="x">Range of the horizontal axis.</param>
    /// <param name="y">Range of the vertical axis.</param>
    public SvgChart(string title, double width, double height, double left, (double Low, double High) x, (double Low, double High) y)
    {
        (Width, Height, X, Y) = (width, height, x, y);
        (_left, _right, _top, _bottom) = (left, width - 24, 14, height - 46);
        _svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{Escape(title)}\">\n");
    }

    public double Width { get; }

    public double Height { get; }

    public (double Low, double High) X { get; }

    public (double Low, double High) Y { get; }

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A range that holds all values, starts at 0 where that does not hide the differences, and ends on a tick.</summary>
    public static (double Low, double High) Range(IEnumerable<double> values, bool fromZero = false)
    {
        double[] v = [.. values.Where(double.IsFinite)];
        if (v.Length == 0) return (0, 1);
        double low = v.Min(), high = v.Max();
        if (low >= 0 && (fromZero || low < 0.5 * high)) low = 0;
        if (fromZero && high < 0) high = 0;
        if (high - low < 1e-12) (low, high) = low == 0 ? (0, 1) : (low - Math.Abs(low) * 0.1, high + Math.Abs(high) * 0.1);
        double step = Step(high - low);
        return (Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step);
    }

    public double AtX(double x) => _left + (x - X.Low) / (X.High - X.Low) * (_right - _left);

    public double AtY(double y) => _bottom - (y - Y.Low) / (Y.High - Y.Low) * (_bottom - _top);

    public SvgChart HorizontalAxis(string label, bool whole = false)
    {
        foreach (double t in Ticks(X, whole))
        {
            Raw($"<line class=\"grid\" x1=\"{F(AtX(t))}\" x2=\"{F(AtX(t))}\" y1=\"{F(_top)}\" y2=\"{F(_bottom)}\"/>");
            Text(AtX(t), _bottom + 16, Number(t), "middle", "tick");
        }
        Text((_left + _right) / 2, Height - 8, label, "middle", "axis");
        return this;
    }

    public SvgChart VerticalAxis(string label)
    {
        foreach (double t in Ticks(Y, false))
        {
            Raw($"<line class=\"grid\" x1=\"{F(_left)}\" x2=\"{F(_right)}\" y1=\"{F(AtY(t))}\" y2=\"{F(AtY(t))}\"/>");
            Text(_left - 6, AtY(t) + 4, Number(t), "end", "tick");
        }
        Raw($"<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(14 {F((_top + _bottom) / 2)}) rotate(-90)\">{Escape(label)}</text>");
        return this;
    }

    /// <summary>A word at the left of a row.</summary>
    public SvgChart RowLabel(double y, string label)
    {
        Text(_left - 8, AtY(y) + 4, Shorten(label, (int)((_left - 10) / 6.6)), "end", "name");
        return this;
    }

    /// <summary>A word below a place of the horizontal axis.</summary>
    public SvgChart ColumnLabel(double x, string label, double room)
    {
        Text(AtX(x), _bottom + 16, Shorten(label, (int)(room / 6.6)), "middle", "name");
        return this;
    }

    public SvgChart AxisName(string label)
    {
        Text((_left + _right) / 2, Height - 8, label, "middle", "axis");
        return this;
    }

    public SvgChart Line(int series, IEnumerable<(double X, double Y)> points, string tip = "")
    {
        string path = string.Join(' ', points.Select((p, i) => $"{(i == 0 ? 'M' : 'L')}{F(AtX(p.X))} {F(AtY(p.Y))}"));
        string dash = (series / 4 % 2) switch { 1 => " stroke-dasharray=\"6 4\"", _ => "" };
        Raw($"<path class=\"line s{series % Series}\"{dash} d=\"{path}\">{Tip(tip)}</path>");
        return this;
    }

    /// <summary>A thin line that guides the eye and stands for no model.</summary>
    public SvgChart Guide(IEnumerable<(double X, double Y)> points)
    {
        Raw($"<path class=\"guide\" d=\"{string.Join(' ', points.Select((p, i) => $"{(i == 0 ? 'M' : 'L')}{F(AtX(p.X))} {F(AtY(p.Y))}"))}\"/>");
        return this;
    }

    public SvgChart Bar(int series, double x0, double x1, double y0, double y1, string tip)
    {
        double l = Math.Min(AtX(x0), AtX(x1)), t = Math.Min(AtY(y0), AtY(y1));
        Raw($"<rect class=\"fill s{series % Series}\" x=\"{F(l)}\" y=\"{F(t)}\" width=\"{F(Math.Abs(AtX(x1) - AtX(x0)))}\" height=\"{F(Math.Abs(AtY(y1) - AtY(y0)))}\">{Tip(tip)}</rect>");
        return this;
    }

    /// <summary>A horizontal interval with end strokes.</summary>
    public SvgChart Interval(int series, double y, double low, double high)
    {
        double at = AtY(y);
        Raw($"<path class=\"line s{series % Series}\" d=\"M{F(AtX(low))} {F(at - 5)}V{F(at + 5)}M{F(AtX(low))} {F(at)}H{F(AtX(high))}M{F(AtX(high))} {F(at - 5)}V{F(at + 5)}\"/>");
        return this;
    }

    /// <summary>A mark whose shape goes with the series.</summary>
    public SvgChart Mark(int series, double x, double y, string tip)
    {
        string at = $"translate({F(AtX(x))} {F(AtY(y))})";
        string shape = (series % 4) switch
        {
            0 => "<circle r=\"5\"",
            1 => "<path d=\"M-4.6 -4.6H4.6V4.6H-4.6Z\"",
            2 => "<path d=\"M0 -6L5.6 4.4H-5.6Z\"",
            _ => "<path d=\"M0 -6.4L6.4 0L0 6.4L-6.4 0Z\"",
        };
        Raw($"{shape} class=\"fill s{series % Series}\" transform=\"{at}\">{Tip(tip)}</{(series % 4 == 0 ? "circle" : "path")}>");
        _taken.Add((AtX(x) - 6, AtY(y) - 6, AtX(x) + 6, AtY(y) + 6));
        return this;
    }

    /// <summary>A word beside a mark, where there is room; all marks must be set before.</summary>
    public SvgChart MarkLabel(double x, double y, string label)
    {
        label = Shorten(label, 34);
        double w = label.Length * 7.2, cx = AtX(x), cy = AtY(y);
        (double X, double Y, string Anchor)[] places =
        [
            (cx + 10, cy + 4, "start"), (cx - 10, cy + 4, "end"), (cx, cy - 11, "middle"), (cx, cy + 19, "middle"),
            (cx + 8, cy - 10, "start"), (cx + 8, cy + 18, "start"), (cx - 8, cy - 10, "end"), (cx - 8, cy + 18, "end"),
            (cx + 10, cy - 24, "start"), (cx + 10, cy + 32, "start"), (cx - 10, cy - 24, "end"), (cx - 10, cy + 32, "end"),
        ];
        foreach ((double px, double py, string anchor) in places)
        {
            double x0 = anchor switch { "start" => px, "end" => px - w, _ => px - w / 2 };
            (double X0, double Y0, double X1, double Y1) box = (x0, py - 11, x0 + w, py + 3);
            if (box.X0 < _left || box.X1 > Width - 2 || box.Y0 < 0 || box.Y1 > _bottom) continue;
            if (_taken.Exists(t => t.X0 < box.X1 && box.X0 < t.X1 && t.Y0 < box.Y1 && box.Y0 < t.Y1)) continue;
            _taken.Add(box);
            Text(px, py, label, anchor, "name");
            return this;
        }
        return this;   // no room: the mark's tip and the table have the name
    }

    public SvgChart ValueLabel(double x, double y, string value, bool left = false)
    {
        Text(AtX(x) + (left ? -6 : 6), AtY(y) + 4, value, left ? "end" : "start", "tick");
        return this;
    }

    /// <summary>The SVG element.</summary>
    public override string ToString() => _svg + "</svg>\n";

    public static string Number(double v)
    {
        double a = Math.Abs(v);
        if (a < 1e-12) return "0";
        return v.ToString(a >= 1000 ? "#,0" : a >= 10 ? "0.#" : a >= 1 ? "0.##" : a >= 0.01 ? "0.###" : "0.#####", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<double> Ticks((double Low, double High) range, bool whole)
    {
        double step = Step(range.High - range.Low);
        if (whole) step = Math.Max(1, Math.Round(step));
        for (double t = Math.Ceiling(range.Low / step - 1e-9) * step; t <= range.High + step * 1e-9; t += step) yield return Math.Abs(t) < step * 1e-9 ? 0 : t;
    }

    /// <summary>1, 2 or 5 times a power of ten, so that about five ticks fit.</summary>
    private static double Step(double span)
    {
        double raw = span / 5, power = Math.Pow(10, Math.Floor(Math.Log10(raw))), m = raw / power;
        return (m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10) * power;
    }

    internal static string Shorten(string text, int most)
    {
        most = Math.Max(most, 4);
        if (text.Length <= most) return text;
        int cut = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return text[..cut] + "…";
    }

    private void Text(double x, double y, string text, string anchor, string style) =>
        Raw($"<text class=\"{style}\" x=\"{F(x)}\" y=\"{F(y)}\" text-anchor=\"{anchor}\">{Escape(text)}</text>");

    private static string Tip(string tip) => tip.Length == 0 ? "" : $"<title>{Escape(tip)}</title>";

    private void Raw(string element) => _svg.Append(element).Append('\n');

    private static string F(double v) => v.ToString("0.##", CultureInfo.InvariantCulture);
}
