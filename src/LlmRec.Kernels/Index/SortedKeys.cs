namespace LlmRec.Kernels;

/// <summary>Ascending keys in memory that somebody else owns; a key's place is its position.</summary>
/// <param name="keys">The keys, ascending.</param>
/// <param name="count">Their number.</param>
/// <param name="owner">What must stay reachable for the memory to stay valid.</param>
internal sealed unsafe class SortedKeys(int* keys, int count, object owner)
{
    // Without gaps the position is a subtraction.
    private readonly bool _dense = count > 0 && (long)keys[count - 1] - keys[0] == count - 1;
    private readonly object _owner = owner;

    public int Count => count;

    /// <summary>The key's position, or −1.</summary>
    public int Find(int key)
    {
        int place = -1;
        if (_dense)
        {
            long position = (long)key - keys[0];
            if (position >= 0 && position < count) place = (int)position;
        }
        else
        {
            int found = new ReadOnlySpan<int>(keys, count).BinarySearch(key);
            if (found >= 0) place = found;
        }
        GC.KeepAlive(_owner);
        return place;
    }
}
