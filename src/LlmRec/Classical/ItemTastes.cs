namespace LlmRec;

/// <summary>How a history becomes the shares a(i) of a linear item model.</summary>
internal abstract class ItemTastes
{
    public abstract IReadOnlyList<string> Items { get; }

    /// <summary>The number of an item, or −1.</summary>
    public abstract int IndexOf(string item);

    /// <summary>The items of a user's history with their shares, in an order that depends on the history only.</summary>
    public abstract IEnumerable<(int Item, float Share)> Of(UserContext user);
}
