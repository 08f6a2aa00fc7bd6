namespace LlmRec;

/// <summary>The tastes of others, for items that need no events because they have text.</summary>
internal sealed class TextTastes(ItemTastes tastes, Func<int, bool> hasText) : ItemTastes
{
    public override bool Occurs(int item) => hasText(item);

    public override IEnumerable<(int Item, float Share)> Of(UserContext user) => tastes.Of(user);
}
