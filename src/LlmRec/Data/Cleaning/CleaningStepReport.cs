namespace LlmRec;

/// <summary>What one step did.</summary>
/// <param name="Step">The step, such as <c>core, 5 a user, 5 an item</c>.</param>
/// <param name="Drops">Rows dropped, by reason, also those that dropped nothing.</param>
/// <param name="Rows">Rows left.</param>
/// <param name="Users">Users left.</param>
/// <param name="Items">Items left.</param>
public sealed record CleaningStepReport(string Step, IReadOnlyList<CleaningDrop> Drops, int Rows, int Users, int Items)
{
    /// <summary>Rows dropped for all reasons.</summary>
    public int Dropped => Drops.Sum(d => d.Rows);
}
