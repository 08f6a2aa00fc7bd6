namespace LlmRec;

/// <summary>Every item of the history counts once and alike.</summary>
internal sealed class EqualTastes(PositivePairs pairs) : ItemTastes
{
    public override bool Occurs(int item) => pairs.Occurs(item);

    public override IEnumerable<(int Item, float Share)> Of(UserContext user) => pairs.HistoryOf(user).Select(i => (i, 1f));
}
