using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace LlmRec;

/// <summary>The items that can be recommended, by id. Inside, each item has a dense number that never leaves the library and is never given twice.</summary>
/// <remarks>
/// A catalog handed to a <c>RecommenderBuilder</c> is copied; later changes go through the recommender's own
/// <c>Upsert</c> and <c>Remove</c>. Reading from several threads is safe while nobody adds.
/// </remarks>
public sealed partial class Catalog : IReadOnlyCollection<Item>
{
    private readonly StringTable _ids = new();
    private readonly List<Item?> _items = [];

    /// <summary>An empty catalog.</summary>
    public Catalog()
    {
    }

    /// <summary>A catalog of the given items.</summary>
    /// <param name="items">Items with distinct, non-empty ids.</param>
    /// <exception cref="ArgumentException">An id is empty, has a lone surrogate, or occurs twice; the message names it.</exception>
    public Catalog(IEnumerable<Item> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        foreach (Item item in items) Add(item);
    }

    /// <summary>Number of items.</summary>
    public int Count { get; private set; }

    /// <summary>The item of this id.</summary>
    /// <exception cref="KeyNotFoundException">There is no such item.</exception>
    public Item this[string id] =>
        TryGet(id, out Item? item) ? item : throw new KeyNotFoundException($"no item has the id '{id}' in this catalog of {Count} items");

    /// <summary>True when the catalog has an item of this id.</summary>
    public bool Contains(string id) => TryGet(id, out _);

    /// <summary>Looks an item up by id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out Item? item)
    {
        ArgumentNullException.ThrowIfNull(id);
        int handle = _ids.Find(id);
        item = handle < 0 ? null : _items[handle];
        return item is not null;
    }

    /// <summary>Adds an item.</summary>
    /// <exception cref="ArgumentException">The id is empty or has a lone surrogate, or there already is an item of this id.</exception>
    public void Add(Item item)
    {
        Check(item);
        if (Contains(item.Id))
            throw new ArgumentException($"the id '{item.Id}' occurs twice in the catalog: give each item an id of its own, or merge the two", nameof(item));
        Upsert(item);
    }

    /// <summary>The items in the order in which their ids were first added.</summary>
    public IEnumerator<Item> GetEnumerator()
    {
        foreach (Item? item in _items)
            if (item is not null)
                yield return item;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One more than the largest handle ever given.</summary>
    internal int HandleCount => _items.Count;

    /// <summary>The handle of a live item, or −1.</summary>
    internal int HandleOf(ReadOnlySpan<char> id)
    {
        int handle = _ids.Find(id);
        return handle >= 0 && _items[handle] is not null ? handle : -1;
    }

    /// <summary>The item of a handle, or null when it was removed.</summary>
    internal Item? ItemAt(int handle) => _items[handle];

    /// <summary>The id of a handle, also of a removed item.</summary>
    internal string IdAt(int handle) => _ids[handle];

    /// <summary>Adds or replaces; an id that was removed comes back under its old handle.</summary>
    internal int Upsert(Item item)
    {
        Check(item);
        int handle = _ids.Add(item.Id);
        if (handle == _items.Count) _items.Add(null);
        if (_items[handle] is null) Count++;
        _items[handle] = item;
        return handle;
    }

    /// <summary>Removes an item; its handle stays taken.</summary>
    internal int Remove(string id)
    {
        int handle = HandleOf(id);
        if (handle < 0) return -1;
        _items[handle] = null;
        Count--;
        return handle;
    }

    internal Catalog Copy() => new(this);

    private static void Check(Item item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (string.IsNullOrEmpty(item.Id))
            throw new ArgumentException($"an item has no id (title: '{item.Title}')", nameof(item));
        Ids.Check(item.Id, "item", nameof(item));
    }
}
