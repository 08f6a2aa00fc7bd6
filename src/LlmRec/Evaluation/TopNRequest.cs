namespace LlmRec;

/// <summary>One user of a batch: what is known, and what must not be recommended.</summary>
/// <param name="User">The user as a history, oldest event first. In an evaluation there is no id, since a stored history would come on top, and the time is that of the newest event given.</param>
/// <param name="Exclude">Ids of items that must not be in the list; possibly empty, possibly with ids nobody knows.</param>
public sealed record TopNRequest(UserContext User, IReadOnlyCollection<string> Exclude);
