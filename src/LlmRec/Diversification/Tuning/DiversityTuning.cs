using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>What <see cref="DiversityTuner.Tune"/> found.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DiversityTuning
{
    internal DiversityTuning(IReadOnlyDictionary<string, IReadOnlyList<DiversityMeasurement>> curves, IReadOnlyDictionary<string, DiversityMeasurement> best, double mostLoss)
    {
        (Curves, Best, MostLoss) = (curves, best, mostLoss);
    }

    /// <summary>Each diversifier's measurements, by rising diversity.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<DiversityMeasurement>> Curves { get; }

    /// <summary>Each diversifier's measurement at the largest diversity within the loss.</summary>
    public IReadOnlyDictionary<string, DiversityMeasurement> Best { get; }

    /// <summary>The share of NDCG that could be lost.</summary>
    public double MostLoss { get; }

    /// <summary>A Markdown table: the ranker's own order first, then each diversifier at its best setting.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("| diversifier | diversity | NDCG | hit rate | distance, mean | distance, least | category entropy | α-NDCG | ERR-IA | subtopic recall | calibration KL | items shown | Gini |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        if (Curves.Count > 0)
            Row(text, Curves.Values.First()[0] with { Name = "(the ranker's order)" });
        foreach (DiversityMeasurement m in Best.Values)
            Row(text, m);
        return text.ToString();
    }

    /// <summary>A picture in SVG: NDCG against mean distance within the list, and against category entropy, one line a diversifier, a ring at its best setting.</summary>
    public string ToSvg() => ParetoPicture.Draw(this);

    private static void Row(StringBuilder text, DiversityMeasurement m) => text.Append(CultureInfo.InvariantCulture,
        $"| {m.Name} | {m.Diversity:0.000} | {m.Ndcg:0.0000} | {m.HitRate:0.0000} | {m.IntraListDistance:0.000} | {m.LeastDistance:0.000} | {m.CategoryEntropy:0.000} | {m.AlphaNdcg:0.000} | {m.ErrIa:0.000} | {m.SubtopicRecall:0.000} | {m.CalibrationKl:0.000} | {m.Coverage} | {m.Gini:0.000} |\n");
}
