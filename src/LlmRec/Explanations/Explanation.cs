using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>Why an item was recommended: the parts of its score, which sum to it, and the history items behind them.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class Explanation
{
    internal Explanation(IReadOnlyList<ScorePart> parts, IReadOnlyList<HistoryReason> because)
    {
        Parts = parts;
        Because = because;
    }

    /// <summary>The explanation of an answer that was asked for without one: no parts.</summary>
    internal static Explanation None { get; } = new([], []);

    /// <summary>Every part of the score, in the ranker's order; summed in that order as float32 they give the score exactly.</summary>
    public IReadOnlyList<ScorePart> Parts { get; }

    /// <summary>At most three items of the history that mattered most, strongest first; empty when the history played no part.</summary>
    public IReadOnlyList<HistoryReason> Because { get; }

    /// <summary>
    /// A line for people, such as <c>because of Alien, Solaris; followers +1.20, text +0.31</c>: the three strongest families of
    /// parts, a family being the parts that share a name up to the first dot.
    /// </summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Because.Count > 0)
            text.Append("because of ").AppendJoin(", ", Because.Select(b => b.Item.Title.Length > 0 ? b.Item.Title : b.Item.Id));
        var strongest = Parts
            .GroupBy(p => p.Name.Split('.')[0], StringComparer.Ordinal)
            .Select(g => (Family: g.Key, Value: g.Sum(p => p.Value)))
            .Where(f => MathF.Abs(f.Value) >= 0.005f)
            .OrderByDescending(f => MathF.Abs(f.Value))
            .Take(3);
        string separator = Because.Count > 0 ? "; " : "";
        foreach ((string family, float value) in strongest)
        {
            text.Append(separator).Append(family).Append(' ').Append(value.ToString("+0.00;-0.00", CultureInfo.InvariantCulture));
            separator = ", ";
        }
        return text.Length == 0 ? "no part of the score stands out" : text.ToString();
    }
}
