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

    /// <summary>A line for people, such as <c>because of Alien, Solaris; cooccurrence +1.20, text +0.31</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Because.Count > 0)
            text.Append("because of ").AppendJoin(", ", Because.Select(b => b.Item.Title.Length > 0 ? b.Item.Title : b.Item.Id));
        var strongest = Parts.Where(p => MathF.Abs(p.Value) >= 0.005f).OrderByDescending(p => MathF.Abs(p.Value)).Take(3).ToArray();
        if (strongest.Length > 0 && text.Length > 0) text.Append("; ");
        for (int i = 0; i < strongest.Length; i++)
            text.Append(i == 0 ? "" : ", ").Append(strongest[i].Name).Append(' ')
                .Append(strongest[i].Value.ToString("+0.00;-0.00", CultureInfo.InvariantCulture));
        return text.Length == 0 ? "no part of the score stands out" : text.ToString();
    }
}
