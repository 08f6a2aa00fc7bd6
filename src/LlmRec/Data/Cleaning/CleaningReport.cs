using System.Globalization;
using System.Text;

namespace LlmRec;

/// <summary>What cleaning dropped, step by step; <see cref="ToString"/> prints it as a table.</summary>
/// <param name="Rows">Rows before the first step.</param>
/// <param name="Users">Users before the first step.</param>
/// <param name="Items">Items before the first step.</param>
/// <param name="Steps">The steps in order.</param>
public sealed record CleaningReport(int Rows, int Users, int Items, IReadOnlyList<CleaningStepReport> Steps)
{
    /// <summary>Rows dropped by all steps.</summary>
    public int Dropped => Steps.Sum(s => s.Dropped);

    /// <summary>One line a step and reason: rows dropped, and rows, users and items left.</summary>
    public override string ToString()
    {
        int width = Math.Max(30, Steps.SelectMany(s => s.Drops.Select(d => d.Reason.Length + 2).Append(s.Step.Length)).DefaultIfEmpty().Max());
        var text = new StringBuilder();
        Line("step", "dropped", "rows", "users", "items");
        Line("as read", "", N(Rows), N(Users), N(Items));
        foreach (CleaningStepReport s in Steps)
        {
            Line(s.Step, N(s.Dropped), N(s.Rows), N(s.Users), N(s.Items));
            foreach (CleaningDrop d in s.Drops)
                if (d.Rows > 0) Line("  " + d.Reason, N(d.Rows), "", "", "");
        }
        return text.ToString().TrimEnd();

        void Line(string step, string dropped, string rows, string users, string items) =>
            text.Append($"{step.PadRight(width)} {dropped,11} {rows,11} {users,9} {items,9}".TrimEnd()).Append('\n');

        static string N(int n) => n.ToString("N0", CultureInfo.InvariantCulture);
    }
}
