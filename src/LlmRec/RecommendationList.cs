using System.Collections;

namespace LlmRec;

/// <summary>A ranked list, best first, and what the request contained that could not be used.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class RecommendationList : IReadOnlyList<Recommendation>
{
    private readonly Recommendation[] _items;

    internal RecommendationList(Recommendation[] items, IReadOnlyList<string> unknownItems)
    {
        _items = items;
        UnknownItems = unknownItems;
    }

    /// <summary>Number of items: what was asked for, or fewer when fewer passed the filters.</summary>
    public int Count => _items.Length;

    /// <summary>The recommendation at a place, 0 = best.</summary>
    public Recommendation this[int index] => _items[index];

    /// <summary>Ids of the request's history that the catalog does not know; they were ignored.</summary>
    public IReadOnlyList<string> UnknownItems { get; }

    /// <summary>Best first.</summary>
    public IEnumerator<Recommendation> GetEnumerator() => ((IEnumerable<Recommendation>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
