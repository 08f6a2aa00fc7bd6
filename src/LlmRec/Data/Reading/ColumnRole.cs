namespace LlmRec;

/// <summary>What a column can be for.</summary>
/// <param name="Name">For messages, such as <c>user</c>.</param>
/// <param name="Option">The option that names the column outright.</param>
/// <param name="Chosen">The option's value: null to go by names, empty for no column.</param>
/// <param name="Required">Whether a table without such a column is no use.</param>
/// <param name="Names">Names people use, the best first, in the form of <see cref="ColumnRoles.Normalize"/>.</param>
internal sealed record ColumnRole(string Name, string Option, string? Chosen, bool Required, string[] Names);
