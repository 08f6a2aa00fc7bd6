namespace LlmRec.Kernels;

public sealed partial class HnswIndex
{
    private int Append(int key, ReadOnlySpan<float> unit)
    {
        int node = _state.Graph.Count, level = DrawLevel(node), upper = _state.Graph.UpperLength + level * _state.Graph.M;
        if (node == _state.Graph.Capacity || upper > _state.Graph.UpperCapacity)
            _state = _state.Resized(Grown(node + 1, _state.Graph.Capacity), Grown(upper, _state.Graph.UpperCapacity));
        return _state.Append(key, unit, level);

        static int Grown(int wanted, int had) => wanted <= had ? had : (int)Math.Min(Math.Max(wanted, 64 + had * 3L / 2), Array.MaxLength / 2);
    }

    /// <summary>Makes room for rows that come at once, no more than they need.</summary>
    private void Reserve(int count)
    {
        HnswGraph graph = _state.Graph;
        int nodes = checked(graph.Count + count), upper = graph.UpperLength;
        for (int node = graph.Count; node < nodes; node++)
            upper += DrawLevel(node) * graph.M;
        if (nodes > graph.Capacity || upper > graph.UpperCapacity)
            _state = _state.Resized(Math.Max(nodes, graph.Capacity), Math.Max(upper, graph.UpperCapacity));
    }

    private void Link(int first, int end, Action<int>? done, CancellationToken cancellation)
    {
        HnswState state = _state;
        int threads = end - first == 1 ? 1 : Threads;
        if (state.Rows.Format == RowFormat.Int8)
            Link(state.Rows.Int8Space);
        else if ((long)(end - first) * ProxyShare >= end)
            LinkOver(Rounded(state.Rows, end));
        else
            Link(state.Rows.Float32Space);
        GC.KeepAlive(state);

        // A space holds bare addresses: the rows behind it must be kept reachable until the last link.
        void LinkOver(HnswRows rounded)
        {
            Link(rounded.Int8Space);
            GC.KeepAlive(rounded);
        }

        void Link<TSpace>(TSpace space) where TSpace : struct, IHnswSpace =>
            new HnswBuilder<TSpace>(state.Graph, space, Columns, Options.BuildBreadth, threads, _scratches).Insert(first, end, done, cancellation);
    }

    private HnswRows Rounded(HnswRows rows, int count)
    {
        var rounded = new HnswRows(RowFormat.Int8, Columns, count);
        for (int i = 0; i < count; i++)
            rounded.Write(i, rows.Floats.Row(i));
        return rounded;
    }

    // floor(−ln u / ln M) for u uniform in (0, 1], from a hash of seed and place: nothing to save, nothing to replay.
    private int DrawLevel(int node)
    {
        ulong z = ((ulong)(uint)Options.Seed << 32 | (uint)node) + 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        z ^= z >> 31;
        double u = ((z >> 11) + 1) * (1.0 / (1UL << 53));
        return Math.Min(HnswGraph.MaxLevel, (int)(-Math.Log(u) / Math.Log(Options.Connections)));
    }
}
