namespace LlmRec;

/// <summary>One part of a model's score of an item for a user.</summary>
/// <param name="Name">What it comes from: <c>history</c>, or a part that is no item's, such as <c>mean</c>, <c>user</c>, <c>item</c>, <c>popularity</c>.</param>
/// <param name="Score">What it adds to the score; may be negative.</param>
/// <param name="Item">Id of the history item it comes from; <see langword="null"/> for the other parts.</param>
public sealed record ModelReason(string Name, float Score, string? Item = null)
{
    internal const string History = "history";

    internal static ModelReason Of(string item, double score) => new(History, (float)score, item);

    /// <summary>Largest first, in a stable order, those that add nothing left out.</summary>
    internal static IReadOnlyList<ModelReason> Sorted(IEnumerable<ModelReason> reasons) =>
        [.. reasons.Where(r => r.Score != 0).OrderByDescending(r => r.Score)];
}
