namespace LlmRec;

public sealed partial class InteractionLog
{
    /// <summary>A cleaned copy; this log is not changed. The order of arrival is kept.</summary>
    /// <param name="steps">What to do, in order, such as <c>CleaningStep.Values(least: 4), CleaningStep.OnePerPair(), CleaningStep.Core(5, 5)</c>.</param>
    /// <remarks>Takes 8 bytes an event for the time of the work, and the copy.</remarks>
    public CleanedLog Clean(params IReadOnlyList<CleaningStep> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var positions = new int[Count];
        for (int p = 0; p < positions.Length; p++) positions[p] = p;
        Span<int> left = positions;
        var reports = new List<CleaningStepReport>(steps.Count);
        foreach (CleaningStep step in steps)
        {
            ArgumentNullException.ThrowIfNull(step, nameof(steps));
            var drops = new List<CleaningDrop>();
            left = left[..step.Apply(this, left, drops)];
            (int users, int items) = CountDistinct(left);
            reports.Add(new(step.ToString(), drops, left.Length, users, items));
        }
        return new(Select(left), new(Count, Users.Count, Items.Count, reports));
    }

    private (int Users, int Items) CountDistinct(ReadOnlySpan<int> positions)
    {
        var user = new bool[UserTable.Count];
        var item = new bool[ItemTable.Count];
        foreach (int p in positions)
        {
            user[_user[p]] = true;
            item[_item[p]] = true;
        }
        return (user.AsSpan().Count(true), item.AsSpan().Count(true));
    }
}
