namespace LlmRec;

/// <summary>Every item of the history counts once and alike.</summary>
internal sealed class EqualTastes(PositivePairs pairs) : ItemTastes
{
    public override IReadOnlyList<string> Items => pairs.Items;

    public override int IndexOf(string item) => pairs.IndexOf(item);

    public override IEnumerable<(int Item, float Share)> Of(UserContext user) => pairs.HistoryOf(user).Select(i => (i, 1f));
}
