namespace LlmRec.Kernels;

/// <summary>
/// Where each key's row is. One writer, any number of readers that take no lock: an entry is one 64-bit word, so a reader sees the
/// old place or the new one, never a mixture. Open addressing, linear probing, at most half full.
/// </summary>
internal sealed class KeyMap
{
    // An entry: key in the upper 32 bits, place + 2 in the lower; 0 is empty, a lower half of 1 a key that was removed.
    private long[] _entries;
    private int _used;

    public KeyMap(int capacity = 0) => _entries = new long[Size(capacity)];

    /// <summary>Number of keys that have a place.</summary>
    public int Count { get; private set; }

    /// <summary>The key's place, or −1.</summary>
    public int Find(int key)
    {
        long[] entries = Volatile.Read(ref _entries);
        for (int i = Slot(key, entries.Length); ; i = (i + 1) & (entries.Length - 1))
        {
            long entry = Volatile.Read(ref entries[i]);
            if (entry == 0) return -1;
            if ((int)(entry >> 32) == key) return (int)((uint)entry - 2) is var place && (uint)entry == 1 ? -1 : place;
        }
    }

    /// <summary>Gives the key a place. For the one writer.</summary>
    public void Set(int key, int place)
    {
        ref long entry = ref Entry(key);
        if (entry == 0)
        {
            if (2 * (_used + 1) > _entries.Length)
            {
                Grow();
                entry = ref Entry(key);
            }
            _used++;
        }
        if ((uint)entry <= 1) Count++;
        Volatile.Write(ref entry, (long)key << 32 | ((uint)place + 2));
    }

    /// <summary>Takes the key's place away. For the one writer.</summary>
    public void Remove(int key)
    {
        ref long entry = ref Entry(key);
        if ((uint)entry <= 1) return;
        Count--;
        Volatile.Write(ref entry, (long)key << 32 | 1);
    }

    private ref long Entry(int key)
    {
        int i = Slot(key, _entries.Length);
        while (_entries[i] != 0 && (int)(_entries[i] >> 32) != key)
            i = (i + 1) & (_entries.Length - 1);
        return ref _entries[i];
    }

    private void Grow()
    {
        var grown = new long[Size(Count + 1)];
        foreach (long entry in _entries)
        {
            if ((uint)entry <= 1) continue;
            int i = Slot((int)(entry >> 32), grown.Length);
            while (grown[i] != 0) i = (i + 1) & (grown.Length - 1);
            grown[i] = entry;
        }
        _used = Count;
        Volatile.Write(ref _entries, grown);
    }

    // Twice the room that half full needs, so that the next growth is a while away.
    private static int Size(int keys) => (int)Math.Min(1L << 30, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, keys)) * 4);

    // Fibonacci hashing spreads runs and strides of keys over the table; the top bits are the best mixed.
    private static int Slot(int key, int size) =>
        (int)((uint)key * 2654435769u >> (32 - System.Numerics.BitOperations.Log2((uint)size)));
}
