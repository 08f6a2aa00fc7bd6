namespace LlmRec;

/// <summary>A picture of lines for a report: a loss over epochs, a metric over a parameter.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XLabel">What the horizontal axis counts.</param>
/// <param name="YLabel">What the vertical axis measures.</param>
/// <param name="Lines">Named lines; points in ascending x. Points that are not finite are left out.</param>
public sealed record ReportCurve(string Title, string XLabel, string YLabel, IReadOnlyList<ReportLine> Lines);
