using LlmRec.Kernels;

namespace LlmRec;

/// <summary>The live items under one numbering: catalog, unit vectors, categories, and the set of those that exist.</summary>
/// <remarks>Guarded by its owner's lock.</remarks>
internal sealed class ItemSpace : IItemSpace
{
    private ulong[] _live = [];

    /// <summary>Takes the catalog over.</summary>
    /// <param name="catalog">The items; afterwards changed only through this object.</param>
    /// <param name="vectors">One unit (or zero) row a handle; more rows than handles are spare room.</param>
    public ItemSpace(Catalog catalog, RowMatrix vectors)
    {
        Catalog = catalog;
        Vectors = vectors;
        Compact = CompactRows.From(vectors, RowFormat.Int8);
        _live = new ulong[Bits.Words(vectors.Rows)];
        for (int h = 0; h < catalog.HandleCount; h++)
            if (catalog.ItemAt(h) is { } item)
            {
                Bits.Set(_live, h);
                Categories.Add(h, item.Categories);
            }
    }

    public Catalog Catalog { get; }

    /// <summary>Rows by handle, with spare rows at the end.</summary>
    public RowMatrix Vectors { get; private set; }

    /// <summary>The same rows as int8, a quarter of the bytes: good enough to find candidates, which are then scored with the exact rows.</summary>
    public CompactRows Compact { get; private set; }

    public int Dimensions => Vectors.Columns;

    public int HandleCount => Catalog.HandleCount;

    /// <summary>What a log said of the items; set once, after it was counted.</summary>
    public BehaviourModel? Behaviour { get; set; }

    public CategoryIndex Categories { get; } = new();

    /// <summary>Bit h is set while the item of handle h exists.</summary>
    public ReadOnlySpan<ulong> Live => _live.AsSpan(0, Bits.Words(HandleCount));

    public ReadOnlySpan<float> VectorOf(int handle) => Vectors.Row(handle);

    public int Upsert(Item item, ReadOnlySpan<float> vector)
    {
        if (Catalog.TryGet(item.Id, out Item? old)) Categories.Remove(Catalog.HandleOf(item.Id), old.Categories);
        int handle = Catalog.Upsert(item);
        if (handle >= Vectors.Rows) Grow(handle + 1);
        vector.CopyTo(Vectors.Row(handle));
        Compact.Set(handle, vector);
        Bits.Set(_live, handle);
        Categories.Add(handle, item.Categories);
        return handle;
    }

    public int Remove(string id)
    {
        if (!Catalog.TryGet(id, out Item? item)) return -1;
        int handle = Catalog.Remove(id);
        Bits.Clear(_live, handle);
        Categories.Remove(handle, item.Categories);
        return handle;
    }

    private void Grow(int rows)
    {
        var larger = new RowMatrix(Math.Max(rows, Vectors.Rows + Vectors.Rows / 2 + 64), Vectors.Columns);
        Vectors.Padded.CopyTo(larger.Padded);
        Vectors = larger;
        Compact = CompactRows.From(larger, RowFormat.Int8);
        Array.Resize(ref _live, Bits.Words(larger.Rows));
    }
}
