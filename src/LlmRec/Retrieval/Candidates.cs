namespace LlmRec;

/// <summary>Items to be scored for one user.</summary>
/// <remarks>Valid only during the call it is passed to; the recommender reuses it. Not thread-safe.</remarks>
public sealed class Candidates
{
    private int[] _handles = new int[256];

    /// <summary>Number of items.</summary>
    public int Count { get; private set; }

    /// <summary>The item at a place, 0 ≤ place &lt; <see cref="Count"/>.</summary>
    public Item ItemAt(int place) => Space.Catalog.ItemAt(Handles[place])!;

    /// <summary>The unit vector of the item at a place; zeros when it has none.</summary>
    public ReadOnlySpan<float> VectorAt(int place) => Space.VectorOf(Handles[place]);

    /// <summary>Handles of the items.</summary>
    internal ReadOnlySpan<int> Handles => _handles.AsSpan(0, Count);

    internal IItemSpace Space { get; private set; } = null!;

    internal void Reset(IItemSpace space)
    {
        Space = space;
        Count = 0;
    }

    internal void Add(int handle)
    {
        if (Count == _handles.Length) Array.Resize(ref _handles, Count * 2);
        _handles[Count++] = handle;
    }
}
