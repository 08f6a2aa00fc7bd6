using System.Globalization;

namespace LlmRec;

public sealed partial class EvaluationReport
{
    /// <summary>Compares two models user by user.</summary>
    /// <param name="first">Name of a model.</param>
    /// <param name="second">Name of the other.</param>
    /// <param name="metric">Name of a metric of users; <see langword="null"/> for the first one of the report.</param>
    /// <exception cref="KeyNotFoundException">No model or metric has the name.</exception>
    /// <exception cref="ArgumentException">The metric is one of all lists together, which cannot be paired.</exception>
    public ModelComparison Compare(string first, string second, string? metric = null)
    {
        int m = metric is null ? FirstUserMetric() : IndexOfMetric(metric);
        if (m < 0 || Metrics[m].OfUser is null)
            throw new ArgumentException($"'{metric ?? "the report"}' has no value a user, so models cannot be compared user by user", nameof(metric));
        double?[] a = this[first].PerUserValues[m]!, b = this[second].PerUserValues[m]!;
        var x = new List<double>();
        var y = new List<double>();
        for (int u = 0; u < a.Length; u++)
        {
            if (a[u] is not { } v || b[u] is not { } w) continue;
            x.Add(v);
            y.Add(w);
        }
        double[] xs = [.. x], ys = [.. y];
        PairedTestResult student = PairedTest.Student(xs, ys), wilcoxon = PairedTest.Wilcoxon(xs, ys, ZeroDifferences.RankedThenDropped);
        var interval = Options.BootstrapSamples > 0 ? Bootstrap.DifferenceInterval(xs, ys, Options.BootstrapSamples, Options.Confidence, Options.Seed) : null;
        return new(first, second, Metrics[m].Name, xs.Length, xs.Length == 0 ? null : student.MeanDifference, interval?.Low, interval?.High,
            xs.Length == 0 ? null : student.PValue, xs.Length == 0 ? null : wilcoxon.PValue);
    }

    /// <summary>A metric by history length of the users and by mean training count of their targets (four parts each, of about the same size) and, when the options name groups, by user group.</summary>
    /// <param name="metric">Name of a metric of users; <see langword="null"/> for the first one of the report.</param>
    /// <exception cref="KeyNotFoundException">No metric has the name.</exception>
    /// <exception cref="ArgumentException">The metric is one of all lists together.</exception>
    public IReadOnlyList<UserSegment> Segments(string? metric = null)
    {
        int m = metric is null ? FirstUserMetric() : IndexOfMetric(metric);
        if (m < 0 || Metrics[m].OfUser is null)
            throw new ArgumentException($"'{metric ?? "the report"}' has no value a user, so users cannot be parted", nameof(metric));
        var segments = new List<UserSegment>();
        Quarters("history length", Cases.HistoryLengths);
        Quarters("popularity of the targets", TargetPopularity);
        if (Options.UserGroup is { } group)
        {
            string?[] groups = [.. Cases.Users.Select(u => group(Split.Log.UserTable[u]))];
            foreach (string name in groups.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                segments.Add(Part("user group", name, u => groups[u] == name));
        }
        return segments;

        void Quarters(string kind, int[] of)
        {
            int[] sorted = [.. of.Order()];
            int[] from = [.. Enumerable.Range(0, 4).Select(q => sorted[(int)((long)sorted.Length * q / 4)]).Distinct()];
            for (int s = 0; s < from.Length; s++)
            {
                int low = from[s], high = s + 1 < from.Length ? from[s + 1] - 1 : sorted[^1];
                segments.Add(Part(kind, low == high ? $"{low}" : $"{low}–{high}", u => of[u] >= low && of[u] <= high));
            }
        }

        UserSegment Part(string kind, string name, Func<int, bool> belongs)
        {
            int[] users = [.. Enumerable.Range(0, Cases.Users.Length).Where(belongs)];
            return new(kind, name, users.Length, [.. Models.Select(r => users.Select(u => r.PerUserValues[m]![u]).Average())]);
        }
    }

    /// <summary>The best model beside each other one, by the first metric of users.</summary>
    internal IReadOnlyList<ModelComparison> Comparisons()
    {
        int m = FirstUserMetric();
        if (m < 0 || Models.Count < 2) return [];
        return [.. Models.Skip(1).Select(other => Compare(Models[0].Name, other.Name, Metrics[m].Name))];
    }

    private int FirstUserMetric()
    {
        for (int i = 0; i < Metrics.Count; i++)
            if (Metrics[i].OfUser is not null) return i;
        return -1;
    }

    private int IndexOfMetric(string name)
    {
        for (int i = 0; i < Metrics.Count; i++)
            if (Metrics[i].Name == name) return i;
        throw new KeyNotFoundException(string.Create(CultureInfo.InvariantCulture, $"no metric is called '{name}'; there are {string.Join(", ", Metrics.Select(x => $"'{x.Name}'"))}"));
    }
}
