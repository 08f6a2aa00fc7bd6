namespace LlmRec.Kernels;

/// <summary>
/// Where each key's row is. One writer, any number of readers that take no lock: an entry is one 64-bit word, so a reader sees the
/// old place or the new one, never a mixture. Open addressing, linear probing, at most half full. Below it may lie a sorted run of
/// keys, such as a mapped file has, whose places are their positions as long as the table has no entry for them: so a file of
/// millions of keys is ready without building a table.
/// </summary>
/// <param name="sorted">The sorted run below, or <c>null</c>.</param>
/// <param name="capacity">Keys to make room for.</param>
internal sealed class KeyMap(SortedKeys? sorted = null, int capacity = 0)
{
    // An entry: key in the upper 32 bits, place + 2 in the lower; 0 is empty, a lower half of 1 a key that was removed.
    private long[] _entries = new long[Size(capacity)];
    private int _used;

    /// <summary>Number of keys that have a place.</summary>
    public int Count { get; private set; } = sorted?.Count ?? 0;

    /// <summary>The key's place, or −1.</summary>
    public int Find(int key)
    {
        long[] entries = Volatile.Read(ref _entries);
        for (int i = Slot(key, entries.Length); ; i = (i + 1) & (entries.Length - 1))
        {
            long entry = Volatile.Read(ref entries[i]);
            if (entry == 0) return sorted is null ? -1 : sorted.Find(key);
            if ((int)(entry >> 32) == key) return (uint)entry == 1 ? -1 : (int)((uint)entry - 2);
        }
    }

    /// <summary>Gives the key a place. For the one writer.</summary>
    public void Set(int key, int place)
    {
        if (Find(key) < 0) Count++;
        Volatile.Write(ref EntryToWrite(key), (long)key << 32 | ((uint)place + 2));
    }

    /// <summary>Takes the key's place away. For the one writer.</summary>
    public void Remove(int key)
    {
        if (Find(key) < 0) return;
        Count--;
        Volatile.Write(ref EntryToWrite(key), (long)key << 32 | 1);
    }

    private ref long EntryToWrite(int key)
    {
        ref long entry = ref Entry(_entries, key);
        if (entry != 0) return ref entry;
        _used++;
        if (2 * _used <= _entries.Length) return ref entry;
        Grow();
        return ref Entry(_entries, key);
    }

    private static ref long Entry(long[] entries, int key)
    {
        int i = Slot(key, entries.Length);
        while (entries[i] != 0 && (int)(entries[i] >> 32) != key)
            i = (i + 1) & (entries.Length - 1);
        return ref entries[i];
    }

    private void Grow()
    {
        // A removed key is remembered only where the sorted run would bring it back.
        int live = 1;
        foreach (long entry in _entries)
            if (Keeps(entry)) live++;
        var grown = new long[Size(live)];
        foreach (long entry in _entries)
            if (Keeps(entry)) Entry(grown, (int)(entry >> 32)) = entry;
        _used = live;
        Volatile.Write(ref _entries, grown);
    }

    private bool Keeps(long entry) => (uint)entry > 1 || (entry != 0 && sorted is not null && sorted.Find((int)(entry >> 32)) >= 0);

    // Twice the room that half full needs, so that the next growth is a while away.
    private static int Size(int keys) => (int)Math.Min(1L << 30, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, keys)) * 4);

    // Fibonacci hashing spreads runs and strides of keys over the table; the top bits are the best mixed.
    private static int Slot(int key, int size) =>
        (int)((uint)key * 2654435769u >> (32 - System.Numerics.BitOperations.Log2((uint)size)));
}
