namespace LlmRec.Kernels;

public sealed partial class HnswIndex
{
    /// <summary>
    /// Takes back the room of removed rows: rows that linked to one are linked to its neighbours instead. Searches go on meanwhile. O(n).
    /// </summary>
    public void Compact()
    {
        lock (_writing)
            Rebuild();
    }

    private void Rebuild()
    {
        HnswState old = _state;
        if (old.DeadCount == 0 && old.Graph.Count == old.Graph.Capacity)
            return;
        int[] order = new int[old.LiveCount], place = new int[old.Graph.Count];
        int live = 0;
        for (int node = 0; node < place.Length; node++)
        {
            place[node] = old.IsDead(node) ? -1 : live;
            if (place[node] >= 0)
                order[live++] = node;
        }
        HnswState state = old.Reordered(order, place);
        if (old.DeadCount > 0)
        {
            if (old.Rows.Format == RowFormat.Int8)
                new HnswRepair<Int8Space>(old, state, order, place, old.Rows.Int8Space, Options.BuildBreadth, _scratches).Run(Threads);
            else
                new HnswRepair<Float32Space>(old, state, order, place, old.Rows.Float32Space, Options.BuildBreadth, _scratches).Run(Threads);
            GC.KeepAlive(old);   // the spaces hold bare addresses of its rows
        }
        Volatile.Write(ref _state, state);
    }
}
