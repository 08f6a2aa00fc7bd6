namespace LlmRec.Kernels;

/// <summary>
/// From a row's key to its place: an open-addressing table that is only ever added to, so that it may be read while one thread
/// writes. Keys lie beside it, by place; an entry whose key comes back is pointed to the new place.
/// </summary>
internal sealed class HnswSlots
{
    private readonly int[] _table;

    /// <param name="keys">Keys there is room for, at a load of three quarters.</param>
    public HnswSlots(int keys)
    {
        _table = new int[checked(keys + keys / 3 + 2)];
        Array.Fill(_table, -1);
    }

    public long Bytes => 4L * _table.Length;

    /// <summary>The place a key was last given, or −1.</summary>
    public int Find(int key, int[] keys)
    {
        for (int i = Start(key); ; i = i + 1 == _table.Length ? 0 : i + 1)
        {
            int slot = Volatile.Read(ref _table[i]);
            if (slot < 0 || keys[slot] == key)
                return slot;
        }
    }

    /// <summary>Points a key to a place; <c>keys[slot]</c> must hold it already.</summary>
    public void Set(int key, int slot, int[] keys)
    {
        int i = Start(key);
        while (_table[i] >= 0 && keys[_table[i]] != key)
            i = i + 1 == _table.Length ? 0 : i + 1;
        Volatile.Write(ref _table[i], slot);
    }

    // Fibonacci hashing spreads runs of keys; the high half of the product picks the place.
    private int Start(int key) => (int)((ulong)((uint)key * 2654435769u) * (uint)_table.Length >> 32);
}
