namespace LlmRec;

/// <summary>One line of a <see cref="ReportCurve"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points.</param>
public sealed record ReportLine(string Name, IReadOnlyList<(double X, double Y)> Points);
