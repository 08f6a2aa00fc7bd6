namespace LlmRec;

/// <summary>How a history becomes the shares a(i) of a linear item model.</summary>
internal abstract class ItemTastes
{
    /// <summary>Whether an item occurs in the training.</summary>
    public abstract bool Occurs(int item);

    /// <summary>The items of a user's history with their shares, in an order that depends on the history only.</summary>
    public abstract IEnumerable<(int Item, float Share)> Of(UserContext user);
}
