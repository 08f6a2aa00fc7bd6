namespace LlmRec.Kernels;

/// <summary>
/// What a search works on, taken once at its start. Rows and links are only added within one state; growing and compacting make a
/// new one, so that searches under way finish on the old.
/// </summary>
internal sealed class HnswState
{
    private readonly ulong[] _dead;

    public HnswState(HnswGraph graph, HnswRows rows, int[] keys, HnswSlots slots, ulong[] dead, int deadCount)
    {
        (Graph, Rows, Keys, Slots, _dead, DeadCount) = (graph, rows, keys, slots, dead, deadCount);
    }

    public HnswGraph Graph { get; }

    public HnswRows Rows { get; }

    /// <summary>The key of the row in each place.</summary>
    public int[] Keys { get; }

    public HnswSlots Slots { get; }

    /// <summary>Places whose row was removed or replaced, or is not visible yet.</summary>
    public int DeadCount { get; private set; }

    /// <summary>Rows that can be found.</summary>
    public int LiveCount => Graph.Count - DeadCount;

    public ReadOnlySpan<ulong> Dead => _dead;

    /// <summary>Bytes beyond the rows.</summary>
    public long OverheadBytes => Graph.Bytes + 4L * Keys.Length + 8L * _dead.Length + Slots.Bytes;

    public bool IsDead(int node) => (Volatile.Read(ref _dead[(uint)node >> 6]) >> (node & 63) & 1) != 0;

    /// <summary>Writes a row to the next place. It is dead until <see cref="Show"/>: a walk may pass it but not return it.</summary>
    public int Append(int key, ReadOnlySpan<float> row, int level)
    {
        int node = Graph.Count;
        _dead[(uint)node >> 6] |= 1UL << (node & 63);
        Keys[node] = key;
        Rows.Write(node, row);
        // Others may read from here on, and must find what was written above.
        Thread.MemoryBarrier();
        Graph.Add(level);
        DeadCount++;
        return node;
    }

    /// <summary>Forgets the last places, which were appended and never linked.</summary>
    public void Truncate(int count)
    {
        DeadCount -= Graph.Count - count;
        Graph.Truncate(count);
    }

    /// <summary>Lets a linked row be found, in place of an earlier row of its key.</summary>
    public void Show(int node)
    {
        int key = Keys[node], earlier = Slots.Find(key, Keys);
        if (earlier >= 0 && earlier != node && !IsDead(earlier))
            Bury(earlier);
        Slots.Set(key, node, Keys);
        Volatile.Write(ref _dead[(uint)node >> 6], _dead[(uint)node >> 6] & ~(1UL << (node & 63)));
        DeadCount--;
    }

    public void Bury(int node)
    {
        Volatile.Write(ref _dead[(uint)node >> 6], _dead[(uint)node >> 6] | 1UL << (node & 63));
        DeadCount++;
    }

    /// <summary>An empty state with room.</summary>
    public static HnswState Empty(HnswOptions options, int columns, int nodes, int upper) => new(
        new HnswGraph(options.Connections, nodes, upper), new HnswRows(options.Format, columns, nodes), new int[nodes], new HnswSlots(nodes), new ulong[(nodes + 63) / 64], 0);

    /// <summary>The same content with other room.</summary>
    public HnswState Resized(int nodes, int upper)
    {
        int[] keys = new int[nodes];
        Keys.AsSpan(0, Graph.Count).CopyTo(keys);
        var dead = new ulong[(nodes + 63) / 64];
        _dead.AsSpan(0, Math.Min(dead.Length, _dead.Length)).CopyTo(dead);
        var slots = new HnswSlots(nodes);
        // In order, so that of several rows of one key the last stands.
        for (int node = 0; node < Graph.Count; node++)
            slots.Set(keys[node], node, keys);
        return new(Graph.Resized(nodes, upper), Rows.Resized(nodes), keys, slots, dead, DeadCount);
    }

    /// <summary>The live nodes in another order, links to dead ones left out, room for no more.</summary>
    /// <param name="order">The old number of each new node.</param>
    /// <param name="place">The new number of each old node, −1 for a dead one.</param>
    public HnswState Reordered(int[] order, int[] place)
    {
        int upper = 0, entry = -1;
        foreach (int node in order)
            upper += Graph.Level(node) * Graph.M;
        var graph = new HnswGraph(Graph.M, order.Length, upper);
        int[] keys = new int[order.Length];
        var slots = new HnswSlots(order.Length);
        for (int i = 0; i < order.Length; i++)
        {
            graph.Add(Graph.Level(order[i]));
            graph.CopyLinks(i, Graph, order[i], place);
            keys[i] = Keys[order[i]];
            slots.Set(keys[i], i, keys);
            if (entry < 0 || graph.Level(i) > graph.Level(entry))
                entry = i;
        }
        if (Graph.Entry >= 0 && place[Graph.Entry] >= 0)
            entry = place[Graph.Entry];
        graph.Entry = entry;
        return new(graph, Rows.Reordered(order, order.Length), keys, slots, new ulong[(order.Length + 63) / 64], 0);
    }
}
